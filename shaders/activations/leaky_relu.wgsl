//! requires slope

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_slope(p.negative_slope, select(x, 0.0, x > 0.0)), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(p.negative_slope, 1.0, x > 0.0);
}
