//! requires exp_exp, expm1

// 1 - e^-z with z = e^x.
fn forward(x: f32) -> f32 {
    return -math_expm1(-math_exp(min(x, 5.0)), 0.0);
}

fn derivative(x: f32) -> f32 {
    return math_exp_minus_exp(x);
}
