//! requires argument, gate, tanh

// 4/3 and 1.7159 in two parts.
const DOUBLE_SLOPE_HI: f32 = 1.3330078125;
const DOUBLE_SLOPE_LO: f32 = 0.00032552084;
const HEIGHT_HI: f32 = 1.7158203125;
const HEIGHT_LO: f32 = 0.0000796875;

fn forward(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, abs(x));
    let u = math_tanh_argument(t.x, t.y);
    return math_with_sign((HEIGHT_HI * u + HEIGHT_LO * u) / (u + 2.0), x);
}

fn derivative(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, x);
    let bell = math_gate_bell(1.0, math_gate_parts(t.x, t.y));
    return 4.5 * bell + 0.07573333 * bell;
}
