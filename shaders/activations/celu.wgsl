//! requires expm1

fn forward(x: f32, p: Parameters) -> f32 {
    return select(p.alpha * math_expm1(min(x, 0.0) / p.alpha, 0.0), x, x > 0.0);
}

// e^(x / alpha) needs the quotient in two parts: hi has 12 bits, so that hi * alpha can be taken from
// x exactly, and what is left makes lo.
fn derivative(x: f32, p: Parameters) -> f32 {
    let bounded = clamp(x, -3.4e38, 0.0);
    let hi = math_mask(clamp(bounded / p.alpha, -174.0, 88.0), 0xfffff000u);
    let alpha_hi = math_mask(p.alpha, 0xfffff000u);
    let alpha_lo = math_mask(p.alpha - alpha_hi, 0xfffff000u);
    let lo = ((bounded - hi * alpha_hi) - hi * alpha_lo) / p.alpha;
    return select(math_exp_value(math_exp_parts(hi, clamp(lo, -0.25, 0.25))), 1.0, x > 0.0);
}
