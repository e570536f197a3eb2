//! requires exp, gate, log1p

fn forward(x: f32) -> f32 {
    let e = math_gate_parts(x, 0.0);
    let rest = math_log1p_fraction(e);
    return min(x, 0.0) - math_exp_scale(e, rest.x + rest.y);
}

fn derivative(x: f32) -> f32 {
    return math_gate(1.0, x <= 0.0, math_gate_parts(x, 0.0));
}
