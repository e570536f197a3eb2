fn forward(x: f32) -> f32 {
    return exp(x);
}

fn derivative(x: f32) -> f32 {
    return exp(x);
}
