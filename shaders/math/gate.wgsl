//! requires exp

// The logistic function of t, and what is made of it, from the pieces of e^-|t| alone. For t < 0 the
// fraction is multiplied by e^-|t| last, so that the lower tail keeps its relative accuracy.

// The pieces of e^-|t| for t = hi + lo, parts of the same sign.
fn math_gate_parts(hi: f32, lo: f32) -> MathExp {
    return math_exp_parts(-abs(hi), -abs(lo));
}

// value / (1 + e^-t).
fn math_gate(value: f32, positive: bool, e: MathExp) -> f32 {
    let y = value / (1.0 + math_exp_value(e));
    return select(math_exp_times(e, y), y, positive);
}

// The derivative of x / (1 + e^-t), where weight is x dt/dx.
fn math_gate_slope(weight: f32, positive: bool, e: MathExp) -> f32 {
    let value = math_exp_value(e);
    let above = 1.0 + value * (1.0 + weight);
    let below = value + (1.0 + weight);
    let y = select(below, above, positive) / (1.0 + value * (2.0 + value));
    return select(math_exp_times(e, y), y, positive);
}

// factor times the derivative of 1 / (1 + e^-t) by t: an even function.
fn math_gate_bell(factor: f32, e: MathExp) -> f32 {
    let value = math_exp_value(e);
    return math_exp_times(e, factor / (1.0 + value * (2.0 + value)));
}
