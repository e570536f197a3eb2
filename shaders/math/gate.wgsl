//! requires exp, quotient

// The logistic function of t, and what is made of it, from the pieces of e^-|t| alone. For t < 0 the
// power of two in e^-|t| is applied last, so that the lower tail keeps its relative accuracy. Derived here.

// The pieces of e^-|t| for t = hi + lo, parts of the same sign.
fn math_gate_parts(hi: f32, lo: f32) -> MathExp {
    return math_exp_parts(-abs(hi), -abs(lo));
}

// 1 + e^-|t|.
fn math_gate_divisor(e: MathExp) -> vec2<f32> {
    return math_divisor_sum(1.0, math_exp_pair(e));
}

// upper / divisor, or e^-|t| lower / divisor.
fn math_gate_choose(upper: vec2<f32>, lower: f32, divisor: vec2<f32>, positive: bool, e: MathExp) -> f32 {
    let numerator = select(math_exp_fraction_product(e, lower), upper, vec2<bool>(positive));
    let y = math_quotient(numerator, divisor);
    return select(math_exp_scale(e, y), y, positive);
}

// value / (1 + e^-t). Measured: within 1 ULP for every t and results in 1.1754944e-38 .. 1e38.
fn math_gate(value: f32, positive: bool, e: MathExp) -> f32 {
    return math_gate_choose(vec2<f32>(value, 0.0), value, math_gate_divisor(e), positive, e);
}

// The derivative of x / (1 + e^-t), where hi + lo is x dt/dx and lo the lesser part.
// Measured: within 2.4 ULP of the largest term for t in -174 .. 174 and results in 1.1754944e-38 .. 2.
fn math_gate_slope(hi: f32, lo: f32, positive: bool, e: MathExp) -> f32 {
    let value = math_exp_value(e);
    let upper = vec2<f32>(1.0, value * ((1.0 + lo) + hi));
    let lower = ((1.0 + value) + lo) + hi;
    let divisor = math_divisor_squared(math_gate_divisor(e));
    return math_gate_choose(upper, lower, divisor, positive, e);
}

// factor times the derivative of 1 / (1 + e^-t) by t: an even function. The factor's first part has at
// most 15 bits. Measured: within 0.9 ULP for every t and results in 1.1754944e-38 .. 1e38.
fn math_gate_bell(factor: vec2<f32>, e: MathExp) -> f32 {
    let leading = 1.0 + e.head;
    let rest = factor.x * e.tail + factor.y * (leading + e.tail);
    let divisor = math_divisor_squared(math_gate_divisor(e));
    return math_exp_scale(e, math_quotient(vec2<f32>(factor.x * leading, rest), divisor));
}
