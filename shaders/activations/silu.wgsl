//! requires gate, near_zero

fn forward(x: f32) -> f32 {
    let y = math_gate(clamp(x, -174.0, 174.0), x >= 0.0, math_gate_parts(x, 0.0));
    return math_near_zero(x, 0.5, select(y, x, x > 174.0));
}

fn derivative(x: f32) -> f32 {
    return math_gate_slope(clamp(x, -174.0, 174.0), 0.0, x >= 0.0, math_gate_parts(x, 0.0));
}
