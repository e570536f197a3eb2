fn forward(x: f32, p: Parameters) -> f32 {
    return sign(x) * max(abs(x) - p.lambda, 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}
