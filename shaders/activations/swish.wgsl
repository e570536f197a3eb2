//! requires argument, gate, near_zero

fn scaled(x: f32, beta: f32) -> vec2<f32> {
    let beta_hi = math_mask(beta, 0xfffff000u);
    return math_scaled_argument(beta_hi, beta - beta_hi, x);
}

fn forward(x: f32, p: Parameters) -> f32 {
    let t = scaled(x, p.beta);
    // Where the exponent is held, the limit at infinity is reached: 0, or x itself.
    let vanished = t.x <= -174.0;
    let value = select(clamp(x, -3.4028234e38, 3.4028234e38), 0.0, vanished);
    let y = math_gate(value, t.x >= 0.0, math_gate_parts(t.x, t.y));
    return math_near_zero(x, 0.5, select(y, x, abs(x) > 3.4028234e38 && !vanished));
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let t = scaled(x, p.beta);
    return math_gate_slope(t.x, t.y, t.x >= 0.0, math_gate_parts(t.x, t.y));
}
