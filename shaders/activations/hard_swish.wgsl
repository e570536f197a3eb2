// The ramp is divided before x multiplies it: x * clamp(x + 3, 0, 6) overflows at 7e37.
fn forward(x: f32) -> f32 {
    let ramp = min(clamp(x + 3.0, 0.0, 6.0) * 0.16666667, 1.0);
    return max(x, -3.0) * ramp;
}

// At the kinks, as in PyTorch: 0 at -3 and 1 at 3.
fn derivative(x: f32) -> f32 {
    let slope = (clamp(x, -3.0, 3.0) + 1.5) * 0.33333334;
    return select(select(slope, 0.0, x <= -3.0), 1.0, x >= 3.0);
}
