//! requires gate

fn forward(x: f32) -> f32 {
    return math_gate(1.0, x >= 0.0, math_gate_parts(x, 0.0));
}

fn derivative(x: f32) -> f32 {
    return math_gate_bell(vec2<f32>(1.0, 0.0), math_gate_parts(x, 0.0));
}
