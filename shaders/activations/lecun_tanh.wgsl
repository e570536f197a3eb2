//! requires argument, gate, near_zero, tanh

// 4/3 in two parts.
const DOUBLE_SLOPE_HI: f32 = 1.3330078125;
const DOUBLE_SLOPE_LO: f32 = 0.00032552084;

fn forward(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, abs(x));
    let u = math_tanh_argument(t.x, t.y);
    // u / (u + 2), the denominator being divided by 1.7159.
    return math_near_zero(x, 1.1439333, math_with_sign(u / (1.1655691 + 0.58278453 * u), x));
}

fn derivative(x: f32) -> f32 {
    let t = math_scaled_argument(DOUBLE_SLOPE_HI, DOUBLE_SLOPE_LO, x);
    // Enlarged, so that the lesser part of 4.5757333 times it is not flushed.
    let bell = math_gate_bell(0x1p20f, math_gate_parts(t.x, t.y));
    return (4.5 * bell + 0.07573333 * bell) * 0x1p-20f;
}
