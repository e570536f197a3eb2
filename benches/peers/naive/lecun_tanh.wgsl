fn forward(x: f32) -> f32 {
    return 1.7159 * tanh(2.0 / 3.0 * x);
}

fn derivative(x: f32) -> f32 {
    let t = tanh(2.0 / 3.0 * x);
    return 1.7159 * 2.0 / 3.0 * (1.0 - t * t);
}
