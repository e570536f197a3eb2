//! requires expm1

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_expm1_times(min(x, 0.0), 0.0, p.alpha), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(math_exp_times(math_exp_parts(min(x, 0.0), 0.0), p.alpha), 1.0, x > 0.0);
}
