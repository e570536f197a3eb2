//! requires two_product

// The product with alpha is exact, in three parts: beta cancels it near x = -beta / alpha.

fn forward(x: f32, p: Parameters) -> f32 {
    let bounded = clamp(x, -3.4e38, 3.4e38);
    let scaled = math_three_product(p.alpha, bounded);
    let sum = ((scaled.x + p.beta) + scaled.y) + scaled.z;
    let in_range = min(abs(x), abs(scaled.x)) > 1e-30 && abs(scaled.x) < 1e38;
    return clamp(select(p.alpha * bounded + p.beta, sum, in_range), 0.0, 1.0);
}

// A tiny product, of which only the sign counts, is replaced by one that is not flushed.
fn visible_product(x: f32, alpha: f32) -> vec3<f32> {
    let scaled = math_three_product(alpha, x);
    let sign = (bitcast<u32>(x) ^ bitcast<u32>(alpha)) & 0x80000000u;
    let visible = vec3<f32>(bitcast<f32>(bitcast<u32>(0x1p-100f) | sign), 0.0, 0.0);
    let hidden = abs(scaled.x) < 0x1p-100f && x != 0.0 && alpha != 0.0;
    return select(scaled, visible, vec3<bool>(hidden));
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let scaled = visible_product(clamp(x, -3.4e38, 3.4e38), p.alpha);
    let sum = scaled.x + p.beta;
    // Where the sign is in doubt, a large beta cancels the product exactly, and from the larger term
    // beside a small beta 1 can be subtracted exactly.
    let beside_small = (max(scaled.x, p.beta) - 1.0) + min(scaled.x, p.beta);
    let below_one = select(beside_small, sum - 1.0, abs(p.beta) > 2.0);
    let above_zero = (sum + scaled.y) + scaled.z > 0.0;
    let inside = above_zero && (below_one + scaled.y) + scaled.z < 0.0;
    return select(0.0, p.alpha, inside && abs(scaled.x) < 1e38);
}
