fn forward(x: f32) -> f32 {
    let e = exp(-x);
    return (1.0 - e) / (1.0 + e);
}

fn derivative(x: f32) -> f32 {
    let y = forward(x);
    return 0.5 * (1.0 - y * y);
}
