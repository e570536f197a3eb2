fn forward(x: f32, p: Parameters) -> f32 {
    return min(max(x, p.min), p.max);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, x > p.min && x < p.max);
}

fn derivative_by_min(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, x <= p.min && x < p.max);
}

fn derivative_by_max(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, x >= p.max);
}
