//! requires exp, expm1, two_product

// min(x, 0) / alpha in two parts: hi has 12 bits, so that hi * alpha can be taken from x exactly, and
// what is left makes lo. As alpha lies between 1e-15 and 1e12, the bound is far in the tail.
fn quotient(x: f32, alpha: f32) -> vec2<f32> {
    let bounded = clamp(x, -0x1p60f, 0.0);
    let reciprocal = 1.0 / alpha;
    let hi = math_mask(clamp(bounded * reciprocal, -174.0, 0.0), 0xfffff000u);
    let alpha_hi = math_mask(alpha, 0xfffff000u);
    let lo = (math_rounded(bounded - hi * alpha_hi) - hi * (alpha - alpha_hi)) * reciprocal;
    return vec2<f32>(hi, clamp(lo, -0.25, 0.25));
}

// A tiny quotient may have been flushed to zero; alpha (e^(x / alpha) - 1) is x there.
fn forward(x: f32, p: Parameters) -> f32 {
    let t = quotient(x, p.alpha);
    return select(math_expm1_times(t.x, t.y, p.alpha), x, t.x > -1e-9);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let t = quotient(x, p.alpha);
    return select(math_exp_value(math_exp_parts(t.x, t.y)), 1.0, x > 0.0);
}
