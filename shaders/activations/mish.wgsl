//! requires exp, gate, near_zero, quotient, two_product

// tanh(ln(1 + e^x)) = (S - 1) / (S + 1) with S = (1 + e^x)^2. With e = e^-|x| that is N / D with
// N = 1 + 2e and D = S + e^2 for x >= 0 and, by symmetry, e N / D with N = 2 + e and D = S + 1 else.

// N in two parts, the first of 12 bits.
fn numerator(e: vec2<f32>, positive: bool) -> vec2<f32> {
    let constant = select(2.0, 1.0, positive);
    let multiple = select(e, 2.0 * e, vec2<bool>(positive));
    return math_divisor_sum(constant, multiple);
}

fn divisor(e: vec2<f32>, positive: bool) -> vec2<f32> {
    let s = math_divisor_squared(math_divisor_sum(1.0, e));
    let square = vec2<f32>(e.x * e.x, e.y * (2.0 * e.x + e.y));
    let addend = select(vec2<f32>(1.0, 0.0), square, vec2<bool>(positive));
    return math_divisor_sum(s.x, vec2<f32>(addend.x, addend.y + s.y));
}

fn forward(x: f32) -> f32 {
    let positive = x >= 0.0;
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_pair(parts);
    let n = numerator(e, positive);
    // Beyond these bounds the result is x or 0.
    let bounded = clamp(x, -174.0, 174.0);
    let hi = math_mask(bounded, 0xfffff000u);
    let product = vec2<f32>(hi * n.x, (bounded - hi) * n.x + bounded * n.y);
    let y = math_quotient(product, divisor(e, positive));
    let below = math_exp_times(parts, y);
    return math_near_zero(x, 0.6, select(select(below, y, positive), x, x > 174.0));
}

// (N + x c) / D, where c = 4 e^2 (1 + e) / D for x >= 0, and with the factor e and c = 4 (1 + e) / D else.
fn derivative(x: f32) -> f32 {
    let positive = x >= 0.0;
    let bounded = clamp(x, -174.0, 174.0);
    let parts = math_gate_parts(bounded, 0.0);
    let e = math_exp_pair(parts);
    let value = e.x + e.y;
    let d = divisor(e, positive);
    let n = numerator(e, positive);
    let one_more = math_divisor_sum(1.0, e);
    let factor = 4.0 * bounded;
    let hi = math_mask(factor, 0xfffff000u);
    let product = vec2<f32>(hi * one_more.x, (factor - hi) * one_more.x + factor * one_more.y);
    let slope = math_quotient_parts(product, d);
    let lesser = vec2<f32>(0.0, (slope.x + slope.y) * (value * value));
    let y = math_quotient(n + select(slope, lesser, vec2<bool>(positive)), d);
    return select(math_exp_times(parts, y), y, positive);
}
