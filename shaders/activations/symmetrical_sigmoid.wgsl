//! requires gate, near_zero, sign, tanh, two_product

fn forward(x: f32) -> f32 {
    let y = math_tanh(vec2<f32>(1.0, 0.0), abs(x), 0.0);
    return math_near_zero(x, 0.5, math_with_sign(y, x));
}

fn derivative(x: f32) -> f32 {
    return math_gate_bell(vec2<f32>(2.0, 0.0), math_gate_parts(x, 0.0));
}

// x / 2 - x^3 / 24 - y, for an x so small that the next term is of no account.
fn forward_rest(x: f32, y: f32) -> f32 {
    let rest = math_rounded(0.5 * x - y) - x * x * x * 0.041666668;
    return select(0.0, rest, abs(x) < 0x1p-6f);
}
