//! requires sign

fn forward(x: f32) -> f32 {
    return math_with_sign(select(0.0, 1.0, x != 0.0), x);
}

fn derivative(x: f32) -> f32 {
    return 0.0;
}
