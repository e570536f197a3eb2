//! requires argument, gate, near_zero

// 1.702 in two parts.
const SLOPE_HI: f32 = 1.70166015625;
const SLOPE_LO: f32 = 0.00033984374;

fn forward(x: f32) -> f32 {
    let t = math_scaled_argument(SLOPE_HI, SLOPE_LO, x);
    let y = math_gate(clamp(x, -174.0, 174.0), x >= 0.0, math_gate_parts(t.x, t.y));
    return math_near_zero(x, 0.5, select(y, x, x > 174.0));
}

fn derivative(x: f32) -> f32 {
    let t = math_scaled_argument(SLOPE_HI, SLOPE_LO, x);
    return math_gate_slope(t.x, t.y, x >= 0.0, math_gate_parts(t.x, t.y));
}
