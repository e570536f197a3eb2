//! requires sin_cos

fn forward(x: f32) -> f32 {
    return math_cos(x);
}

fn derivative(x: f32) -> f32 {
    return -math_sin(x);
}
