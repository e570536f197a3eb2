fn forward(x: f32) -> f32 {
    return sign(x);
}

fn derivative(x: f32) -> f32 {
    return 0.0;
}
