fn forward(x: f32) -> f32 {
    return atan(x);
}

fn derivative(x: f32) -> f32 {
    return 1.0 / (1.0 + x * x);
}
