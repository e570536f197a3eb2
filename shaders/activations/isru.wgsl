//! requires isru

fn forward(x: f32, p: Parameters) -> f32 {
    return math_isru(x, p.alpha);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return math_isru_derivative(x, p.alpha);
}

fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    return math_isru_derivative_by_alpha(x, p.alpha);
}
