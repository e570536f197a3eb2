fn forward(x: f32, p: Parameters) -> f32 {
    return x / sqrt(1.0 + p.alpha * x * x);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let r = inverseSqrt(1.0 + p.alpha * x * x);
    return r * r * r;
}
