//! requires rest, two_product

// The product with alpha is exact, in three parts: beta cancels it near x = -beta / alpha.

// x, bounded to where the result is 0 or 1 for every alpha and beta, and the product is finite.
fn bounded_input(x: f32, alpha: f32) -> f32 {
    let bound = select(4e27, 4e12, abs(alpha) > 1.0);
    return clamp(x, -bound, bound);
}

fn forward(x: f32, p: Parameters) -> f32 {
    let bounded = bounded_input(x, p.alpha);
    let scaled = math_three_product(p.alpha, bounded);
    let sum = math_rounded(math_rounded(scaled.x + p.beta) + scaled.y) + scaled.z;
    let in_range = min(abs(x), abs(scaled.x)) > 1e-30;
    return clamp(select(p.alpha * bounded + p.beta, sum, in_range), 0.0, 1.0);
}

// The product's leading part; where it is tiny, only its sign counts, and it is replaced by one that is
// not flushed.
fn visible_product(x: f32, alpha: f32, product: f32) -> f32 {
    let sign = (bitcast<u32>(x) ^ bitcast<u32>(alpha)) & 0x80000000u;
    let visible = bitcast<f32>(bitcast<u32>(0x1p-100f) | sign);
    return select(product, visible, abs(product) < 0x1p-100f && x != 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let scaled = math_three_product(p.alpha, bounded_input(x, p.alpha));
    let leading = visible_product(x, p.alpha, scaled.x);
    let sum = math_rounded(leading + p.beta);
    // Where the sign is in doubt, a large beta cancels the product exactly, and from the larger term
    // beside a small beta 1 can be subtracted exactly.
    let beside_small = math_rounded(max(leading, p.beta) - 1.0) + min(leading, p.beta);
    let below_one = select(beside_small, sum - 1.0, abs(p.beta) > 2.0);
    let above_zero = math_rounded(sum + scaled.y) + scaled.z > 0.0;
    let inside = above_zero && math_rounded(below_one + scaled.y) + scaled.z < 0.0;
    return select(0.0, p.alpha, inside);
}

// Where the result is 0 or 1 it does not matter; without beta the product is the result, however tiny.
fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let scaled = math_three_product(p.alpha, bounded_input(x, p.alpha));
    let visible = visible_product(x, p.alpha, scaled.x);
    let leading = select(scaled.x, visible, p.alpha != 0.0 && abs(p.beta) > 0x1p-60f);
    return math_sum_rest(vec2<f32>(leading, scaled.y), vec2<f32>(p.beta, scaled.z), y);
}

// Whether the result is neither 0 nor 1: where the derivative is alpha.
fn is_inside(x: f32, p: Parameters) -> bool {
    return select(derivative(x, p) != 0.0, p.beta > 0.0 && p.beta < 1.0, p.alpha == 0.0);
}

fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    return select(0.0, x, is_inside(x, p));
}

fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, is_inside(x, p));
}
