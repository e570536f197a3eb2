//! requires isru

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_isru(x, p.alpha), x, x >= 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(math_isru_derivative(x, p.alpha), 1.0, x >= 0.0);
}

fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    return select(math_isru_derivative_by_alpha(x, p.alpha), 0.0, x >= 0.0);
}
