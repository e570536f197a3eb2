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

// 1 - (1 - t) e^t over t^2, by its series, for t in -0.75 .. 0: the terms' coefficients are
// (k + 1) / (k + 2)!.
fn bend(t: f32) -> f32 {
    let ninth = 0.0000024801588 + t * 0.00000025052108;
    let sixth = 0.0011904762 + t * (0.00017361111 + t * (0.000022045855 + t * ninth));
    return 0.5 + t * (0.33333334 + t * (0.125 + t * (0.033333335 + t * (0.0069444445 + t * sixth))));
}

// (1 - t) e^t - 1 with t = x / alpha. The first part of t has 12 bits and that of e^t nine, so that their
// product is exact.
fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    let t = quotient(x, p.alpha);
    let sum = t.x + t.y;
    let near = max(sum, -0.75);
    let e = math_exp_pair(math_exp_parts(t.x, t.y));
    let leading = math_rounded(e.x - 1.0) - t.x * e.x;
    let far = math_rounded(leading) + ((1.0 - sum) * e.y - t.y * e.x);
    return select(far, -(near * near) * bend(near), sum > -0.75);
}
