//! requires exp

// The logistic function of t, and what is made of it, from the pieces of e^-|t| alone. For t < 0 the
// power of two in e^-|t| is applied last, so that the lower tail keeps its relative accuracy.
// Measured: within 2.5 ULP, the slopes within 3.3 at the magnitude of their larger term.

// The pieces of e^-|t| for t = hi + lo, parts of the same sign.
fn math_gate_parts(hi: f32, lo: f32) -> MathExp {
    return math_exp_parts(-abs(hi), -abs(lo));
}

// upper / denominator, or e^-|t| lower / denominator.
fn math_gate_choose(upper: f32, lower: f32, denominator: f32, positive: bool, e: MathExp) -> f32 {
    let y = select(math_exp_fraction_times(e, lower), upper, positive) / denominator;
    return select(math_exp_scale(e, y), y, positive);
}

// value / (1 + e^-t).
fn math_gate(value: f32, positive: bool, e: MathExp) -> f32 {
    return math_gate_choose(value, value, 1.0 + math_exp_value(e), positive, e);
}

// The derivative of x / (1 + e^-t), where hi + lo is x dt/dx and lo the lesser part.
fn math_gate_slope(hi: f32, lo: f32, positive: bool, e: MathExp) -> f32 {
    let value = math_exp_value(e);
    let upper = 1.0 + value * ((1.0 + lo) + hi);
    let lower = ((1.0 + value) + lo) + hi;
    return math_gate_choose(upper, lower, 1.0 + value * (2.0 + value), positive, e);
}

// factor times the derivative of 1 / (1 + e^-t) by t: an even function.
fn math_gate_bell(factor: f32, e: MathExp) -> f32 {
    let value = math_exp_value(e);
    return math_exp_scale(e, math_exp_fraction_times(e, factor) / (1.0 + value * (2.0 + value)));
}
