//! requires gate

fn forward(x: f32) -> f32 {
    return math_gate(max(x, -174.0), x >= 0.0, math_gate_parts(x, 0.0));
}

fn derivative(x: f32) -> f32 {
    return math_gate_slope(clamp(x, -174.0, 174.0), 0.0, x >= 0.0, math_gate_parts(x, 0.0));
}
