//! requires argument, gate, near_zero, sign, tanh

// 4/3, 1.7159 and 4.5757333 = 1.7159 * 8/3, each in two parts.
const DOUBLE_SLOPE_HI: f32 = 1.3330078125;
const DOUBLE_SLOPE_LO: f32 = 0.00032552084;
const AMPLITUDE = vec2<f32>(1.71484375, 0.00105625);
const BELL = vec2<f32>(4.5703125, 0.0054208333);

fn forward(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, abs(x));
    return math_near_zero(clamp(x, -1.0, 1.0), 1.1439333, math_with_sign(math_tanh(AMPLITUDE, t.x, t.y), x));
}

fn derivative(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, x);
    return math_gate_bell(BELL, math_gate_parts(t.x, t.y));
}
