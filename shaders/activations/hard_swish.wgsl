// The ramp is divided before x multiplies it: x * clamp(x + 3, 0, 6) overflows at 7e37.
fn forward(x: f32) -> f32 {
    return max(x, -3.0) * (clamp(x + 3.0, 0.0, 6.0) / 6.0);
}

// At the kinks, as in PyTorch: 0 at -3 and 1 at 3.
fn derivative(x: f32) -> f32 {
    let slope = (clamp(x, -3.0, 3.0) + 1.5) / 3.0;
    return select(select(slope, 0.0, x <= -3.0), 1.0, x >= 3.0);
}
