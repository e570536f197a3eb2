fn forward(x: f32, p: Parameters) -> f32 {
    return select(p.alpha * (exp(x) - 1.0), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(p.alpha * exp(x), 1.0, x > 0.0);
}
