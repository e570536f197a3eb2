//! requires argument, exp, gate, log1p, quotient

// max(x, 0) + ln(1 + e^-|t|) / beta with t = beta x, and its derivative 1 / (1 + e^-t).

fn forward(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    let e = math_gate_parts(t.x, t.y);
    let rest = math_quotient(math_log1p_fraction(e), math_divisor(p.beta));
    return select(0.0, x, t.x >= 0.0) + math_exp_scale(e, rest);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    return math_gate(1.0, t.x >= 0.0, math_gate_parts(t.x, t.y));
}

// -(|t| e / (1 + e) + ln(1 + e)) / beta^2 with e = e^-|t|, whose power of two is applied last. Where the
// exponent is held, the result has vanished.
fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    let e = math_gate_parts(t.x, t.y);
    let numerator = math_exp_fraction_product(e, abs(t.x + t.y));
    let first = math_quotient(numerator, math_gate_divisor(e));
    let second = math_log1p_fraction(e);
    let divisor = math_divisor(p.beta);
    let once = math_quotient(vec2<f32>(first + (second.x + second.y), 0.0), divisor);
    let y = -math_exp_scale(e, math_quotient(vec2<f32>(once, 0.0), divisor));
    return select(0.0, y, abs(t.x) < 174.0);
}
