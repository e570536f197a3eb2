//! requires erf, gate, log1p, normal_tail

// erf(s) with s = softplus(x). Up to x = 0, s <= ln 2 and erf is a polynomial, whose factor e^x is
// applied last; above, erf(s) = 1 - 2 Phi(-a) with a = s sqrt(2).

fn forward(x: f32) -> f32 {
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_value(parts);
    let quotient = math_log1p_quotient(e);
    let s_below = e * quotient;
    let below = math_exp_times(parts, max(x, -174.0) * (quotient + quotient * math_erf_excess(s_below)));
    let a = 1.4142135 * (clamp(x, 0.0, 4.5) + s_below);
    let ratio = math_mills_ratio(a);
    let tail = math_exp_times(math_normal_parts(a), 0.7978846 * ratio.x / ratio.y);
    return select(below, x * (1.0 - tail), x >= 0.0);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let parts = math_gate_parts(bounded, 0.0);
    let e = math_exp_value(parts);
    let quotient = math_log1p_quotient(e);
    let s_below = e * quotient;
    let a = 1.4142135 * (max(bounded, 0.0) + s_below);
    let ratio = math_mills_ratio(a);
    let bell = math_exp_value(math_normal_parts(a));
    let slope = 1.1283792 * bounded * bell / (1.0 + e);
    let below = (quotient + quotient * math_erf_excess(s_below)) + slope;
    let above = (1.0 - bell * (0.7978846 * ratio.x / ratio.y)) + slope;
    return select(math_exp_times(parts, below), above, x >= 0.0);
}
