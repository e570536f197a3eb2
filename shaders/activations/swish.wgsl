//! requires argument, gate, near_zero

fn forward(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    // Where the exponent is held, the limit at infinity is reached: 0, or x itself; and x / 2 for beta = 0.
    let moderate = abs(t.x) < 174.0;
    let value = select(0.0, x, moderate && p.beta != 0.0);
    let y = math_gate(value, t.x >= 0.0, math_gate_parts(t.x, t.y));
    let limit = select(0.0, x, t.x > 0.0);
    return math_near_zero(x, 0.5, select(select(limit, y, moderate), 0.5 * x, p.beta == 0.0));
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    return math_gate_slope(t.x, t.y, t.x >= 0.0, math_gate_parts(t.x, t.y));
}
