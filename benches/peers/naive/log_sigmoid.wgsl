fn forward(x: f32) -> f32 {
    return -log(1.0 + exp(-x));
}

fn derivative(x: f32) -> f32 {
    return 1.0 / (1.0 + exp(x));
}
