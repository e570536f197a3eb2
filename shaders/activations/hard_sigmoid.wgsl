//! requires two_product

// The product is in two parts: beta cancels it near x = -beta / alpha.
fn product(x: f32, alpha: f32) -> vec2<f32> {
    return math_two_product(alpha, clamp(x, -3.4e38, 3.4e38));
}

fn forward(x: f32, p: Parameters) -> f32 {
    let scaled = product(x, p.alpha);
    return clamp((scaled.x + p.beta) + scaled.y, 0.0, 1.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let scaled = product(x, p.alpha);
    let above_zero = (scaled.x + p.beta) + scaled.y;
    // Subtracting 1 from the larger term first is exact wherever the sign is in doubt.
    let above_one = ((max(scaled.x, p.beta) - 1.0) + min(scaled.x, p.beta)) + scaled.y;
    return select(0.0, p.alpha, above_zero > 0.0 && above_one < 0.0);
}
