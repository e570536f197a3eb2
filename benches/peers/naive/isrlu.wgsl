fn forward(x: f32, p: Parameters) -> f32 {
    return select(x / sqrt(1.0 + p.alpha * x * x), x, x >= 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let r = inverseSqrt(1.0 + p.alpha * x * x);
    return select(r * r * r, 1.0, x >= 0.0);
}
