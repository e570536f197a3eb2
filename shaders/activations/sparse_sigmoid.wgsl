fn forward(x: f32) -> f32 {
    return 0.5 * clamp(x, -1.0, 1.0) + 0.5;
}

// At the two kinks half the slope.
fn derivative(x: f32) -> f32 {
    let size = abs(x);
    return select(select(0.0, 0.25, size == 1.0), 0.5, size < 1.0);
}
