fn forward(x: f32) -> f32 {
    return x / (1.0 + exp(-1.702 * x));
}

fn derivative(x: f32) -> f32 {
    let s = 1.0 / (1.0 + exp(-1.702 * x));
    return s * (1.0 + 1.702 * x * (1.0 - s));
}
