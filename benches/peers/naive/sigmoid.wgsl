fn forward(x: f32) -> f32 {
    return 1.0 / (1.0 + exp(-x));
}

fn derivative(x: f32) -> f32 {
    let s = forward(x);
    return s * (1.0 - s);
}
