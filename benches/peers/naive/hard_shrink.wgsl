fn forward(x: f32, p: Parameters) -> f32 {
    return select(0.0, x, abs(x) > p.lambda);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}
