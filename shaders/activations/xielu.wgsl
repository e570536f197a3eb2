//! requires expm1, expm1mx, slope, two_product

// From -2^24 down e^x counts no more; the linear terms are gathered there, so that they cannot be
// infinite with opposite signs.
fn forward(x: f32, p: Parameters) -> f32 {
    // In two parts, because beta cancels the product near x = -beta / alpha_positive.
    let product = math_two_product(p.alpha_positive, clamp(x, 0.0, 3.4028234e38));
    let lesser = select(0.0, product.y, abs(product.x) < 1e38);
    let positive = math_slope(math_rounded(product.x + p.beta) + lesser, x);
    let bounded = clamp(x, -0x1p24f, 0.0);
    let parts = math_expm1mx(bounded);
    // Nor may their sum lose digits where it crosses zero.
    let curve = math_two_product(p.alpha_negative, parts.curve.x);
    let line = math_two_product(p.beta, parts.line);
    let rest = (curve.y + line.y) + p.alpha_negative * parts.curve.y;
    let negative = parts.factor * (math_rounded(curve.x + line.x) + rest);
    let far = math_slope(p.beta - p.alpha_negative, x) - p.alpha_negative;
    return select(select(negative, far, x < -0x1p24f), positive, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let negative = p.alpha_negative * math_expm1(min(x, 0.0), 0.0) + p.beta;
    return select(negative, math_slope(math_rounded(2.0 * p.alpha_positive), max(x, 0.0)) + p.beta, x > 0.0);
}
