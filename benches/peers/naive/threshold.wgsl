fn forward(x: f32, p: Parameters) -> f32 {
    return select(p.value, x, x > p.threshold);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, x > p.threshold);
}
