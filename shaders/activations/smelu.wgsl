// (x + beta) / 2 on the quadratic piece; halved first, so that no beta overflows.
fn half_distance(x: f32, beta: f32) -> f32 {
    return 0.5 * clamp(x, -beta, beta) + 0.5 * beta;
}

fn forward(x: f32, p: Parameters) -> f32 {
    let half = half_distance(x, p.beta);
    return select(half * (half / p.beta), x, x >= p.beta);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return half_distance(x, p.beta) / p.beta;
}
