fn forward(x: f32, p: Parameters) -> f32 {
    if (x >= p.beta) {
        return x;
    }
    let t = max(x + p.beta, 0.0);
    return t * t / (4.0 * p.beta);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return clamp((x + p.beta) / (2.0 * p.beta), 0.0, 1.0);
}
