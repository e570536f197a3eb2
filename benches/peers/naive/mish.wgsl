fn softplus(x: f32) -> f32 {
    return select(log(1.0 + exp(x)), x, x > 20.0);
}

fn forward(x: f32) -> f32 {
    return x * tanh(softplus(x));
}

fn derivative(x: f32) -> f32 {
    let t = tanh(softplus(x));
    let s = 1.0 / (1.0 + exp(-x));
    return t + x * s * (1.0 - t * t);
}
