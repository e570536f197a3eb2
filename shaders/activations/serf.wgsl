//! requires erf, gate, log1p, normal_tail

// erf(s) with s = softplus(x). Up to x = 0, s <= ln 2 and erf is a polynomial, whose factor e^x is
// applied last; above, erf(s) = 1 - 2 Phi(-a) with a = s sqrt(2).

fn forward(x: f32) -> f32 {
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_value(parts);
    let quotient = math_log1p_quotient(e);
    let s_below = e * quotient;
    let below = max(x, -174.0) * (quotient + quotient * math_erf_excess(s_below));
    let bounded = clamp(x, 0.0, 4.5);
    let a = 1.4142135 * (bounded + s_below);
    let tail = math_normal_tail(a);
    let above = x - math_exp_times(math_normal_parts(a), bounded * (2.0 * tail.x / tail.y));
    return select(math_exp_times(parts, below), above, x >= 0.0);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let parts = math_gate_parts(bounded, 0.0);
    let e = math_exp_value(parts);
    let quotient = math_log1p_quotient(e);
    let s_below = e * quotient;
    let a = 1.4142135 * (max(bounded, 0.0) + s_below);
    let tail = math_normal_tail(a);
    let bell = math_exp_value(math_normal_parts(a));
    // 2 / sqrt(pi) and 1 + e are both taken 1.625 times: so little is lost where they are rounded.
    let slope = 1.8336161 * bounded * bell / (1.625 + 1.625 * e);
    let below = (quotient + quotient * math_erf_excess(s_below)) + slope;
    let above = (1.0 - bell * (2.0 * tail.x / tail.y)) + slope;
    return select(math_exp_times(parts, below), above, x >= 0.0);
}
