//! requires argument, gate, near_zero, two_product

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

// x^2 times the derivative of the gate, which is 1 / 4 for a small t. Seven bits of x have a square of 14;
// past a held exponent the result has vanished.
fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    let value = select(0.0, x, abs(t.x) < 174.0 && p.beta != 0.0);
    let leading = math_mask(value, 0xfffe0000u);
    let square = vec2<f32>(leading * leading, (value - leading) * (value + leading));
    let y = math_gate_bell(square, math_gate_parts(t.x, t.y));
    return select(y, 0.25 * x * x, abs(t.x) < 0x1p-12f);
}
