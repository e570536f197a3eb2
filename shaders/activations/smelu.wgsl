//! requires quotient, two_product

// (x + beta) / 2 on the quadratic piece; halved first, so that no beta overflows.
fn half_distance(x: f32, beta: f32) -> f32 {
    return math_rounded(0.5 * clamp(x, -beta, beta) + 0.5 * beta);
}

fn ramp(half: f32, beta: f32) -> f32 {
    return math_quotient(vec2<f32>(half, 0.0), math_divisor(beta));
}

fn forward(x: f32, p: Parameters) -> f32 {
    let half = half_distance(x, p.beta);
    return select(half * ramp(half, p.beta), x, x >= p.beta);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return ramp(half_distance(x, p.beta), p.beta);
}

// Of the numerator, beta being positive.
fn derivative_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let half = math_two_sum(0.5 * clamp(x, -p.beta, p.beta), 0.5 * p.beta);
    let product = math_two_product(p.beta, y);
    return math_rounded(half.x - product.x) + (half.y - product.y);
}

// (beta - x) (beta + x) / (2 beta)^2, and 0 outside the quadratic piece.
fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    return ramp(half_distance(x, p.beta), p.beta) * ramp(half_distance(-x, p.beta), p.beta);
}
