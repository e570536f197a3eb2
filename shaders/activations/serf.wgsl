//! requires erf, gate, log1p, normal_tail

// erf(s) with s = softplus(x). Up to x = 0, s <= ln 2 and all is made of polynomials, times e = e^x,
// whose power of two is applied last. Above, erf(s) = 1 - 2 Phi(-a) with a = s sqrt(2).
// Coefficients: tools/coefficients.py, SERF_BELL.

// e^(-s^2)
fn bell(s: f32) -> MathExp {
    let square = math_squared_argument(s);
    return math_exp_parts(-square.x, -square.y);
}

fn forward(x: f32) -> f32 {
    let e = math_gate_parts(x, 0.0);
    let fraction = math_log1p_fraction(e);
    let s_below = math_exp_scale(e, fraction);
    let below = max(x, -174.0) * (fraction + fraction * math_erf_excess(s_below));
    let bounded = clamp(x, 0.0, 4.5);
    let s = bounded + s_below;
    let tail = 2.0 * math_normal_tail(1.4142135 * s);
    let above = x - math_exp_times(bell(s), bounded * tail);
    return select(math_exp_scale(e, below), above, x >= 0.0);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let e = math_gate_parts(bounded, 0.0);
    let value = math_exp_value(e);
    let fraction = math_log1p_fraction(e);
    let s_below = math_exp_scale(e, fraction);
    // The derivative of erf(s) by e, less 1.
    let high = 1.4179132 + value * (-0.91156745 + value * (0.41774362 + value * (-0.1221027 + value * 0.016947638)));
    let slope = 0.12837918 + value * (-1.1283811 + value * (0.000045019933 + value * (1.1280369 + value * (-1.5980612 + value * high))));
    let erf_below = fraction + fraction * math_erf_excess(s_below);
    let below = erf_below + math_exp_fraction(e) * (bounded + bounded * slope);
    let s = max(bounded, 0.0) + s_below;
    let tail = 2.0 * math_normal_tail(1.4142135 * s);
    let factor = 1.1283792 * bounded / (1.0 + value) - tail;
    return select(math_exp_scale(e, below), 1.0 + math_exp_times(bell(s), factor), x >= 0.0);
}
