fn forward(x: f32, p: Parameters) -> f32 {
    let r = max(x, 0.0);
    return p.scale * r * r + p.bias;
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return 2.0 * p.scale * max(x, 0.0);
}
