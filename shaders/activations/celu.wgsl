//! requires expm1

fn forward(x: f32, p: Parameters) -> f32 {
    // A tiny quotient may have been flushed to zero; alpha (e^(x / alpha) - 1) is x there.
    let quotient = min(x, 0.0) / p.alpha;
    return select(p.alpha * math_expm1(quotient, 0.0), x, quotient > -1e-9);
}

// e^(x / alpha) needs the quotient in two parts: hi has 12 bits, so that hi * alpha can be taken from
// x exactly, and what is left makes lo.
fn derivative(x: f32, p: Parameters) -> f32 {
    let bounded = clamp(x, -3.4028234e38, 0.0);
    let hi = math_mask(clamp(bounded / p.alpha, -174.0, 88.0), 0xfffff000u);
    let alpha_hi = math_mask(p.alpha, 0xfffff000u);
    let alpha_lo = math_mask(p.alpha - alpha_hi, 0xfffff000u);
    let lo = ((bounded - hi * alpha_hi) - hi * alpha_lo) / p.alpha;
    return select(math_exp_value(math_exp_parts(hi, clamp(lo, -0.25, 0.25))), 1.0, x > 0.0);
}
