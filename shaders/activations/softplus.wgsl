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
