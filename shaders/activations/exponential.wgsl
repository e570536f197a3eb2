//! requires exp

fn forward(x: f32) -> f32 {
    return math_exp(x);
}

fn derivative(x: f32) -> f32 {
    return math_exp(x);
}
