fn forward(x: f32) -> f32 {
    return tanh(x);
}

fn derivative(x: f32) -> f32 {
    let t = tanh(x);
    return 1.0 - t * t;
}
