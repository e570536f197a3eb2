//! requires exp_exp

// 1 - e^-z with z = e^x.
fn forward(x: f32) -> f32 {
    return math_exp_exp_complement(x);
}

fn derivative(x: f32) -> f32 {
    return math_exp_minus_exp(x);
}
