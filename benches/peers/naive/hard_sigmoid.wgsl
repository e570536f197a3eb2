fn forward(x: f32, p: Parameters) -> f32 {
    return clamp(p.alpha * x + p.beta, 0.0, 1.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let y = p.alpha * x + p.beta;
    return select(0.0, p.alpha, y > 0.0 && y < 1.0);
}
