//! requires argument, gate, tanh

// 4/3 and 1.7159 in two parts.
const DOUBLE_SLOPE_HI: f32 = 1.3330078125;
const DOUBLE_SLOPE_LO: f32 = 0.00032552084;
const HEIGHT_HI: f32 = 1.7158203125;
const HEIGHT_LO: f32 = 0.0000796875;

fn forward(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, abs(x));
    let y = math_tanh_half(t.x, t.y);
    return math_with_sign(HEIGHT_HI * y + HEIGHT_LO * y, x);
}

fn derivative(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, x);
    return math_gate_bell(4.5757333, math_gate_parts(t.x, t.y));
}
