//! requires gate

// tanh(ln(1 + e^x)) = w / (w + 2) with w = e^x (e^x + 2), written with e = e^-|x| on each side.

fn forward(x: f32) -> f32 {
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_value(parts);
    let above = 1.0 + 2.0 * e;
    let below = 2.0 + e;
    let positive = x >= 0.0;
    let denominator = select(2.0 + e * below, above + 2.0 * e * e, positive);
    let y = max(x, -174.0) * select(below, above, positive) / denominator;
    return select(math_exp_times(parts, y), y, positive);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 174.0);
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_value(parts);
    let positive = x >= 0.0;
    let factor = select(2.0 + e, 1.0 + 2.0 * e, positive);
    let denominator = select(2.0 + e * factor, factor + 2.0 * e * e, positive);
    let slope = 4.0 * bounded * (1.0 + e) * select(1.0, e * e, positive);
    let y = (factor * denominator + slope) / (denominator * denominator);
    return select(math_exp_times(parts, y), y, positive);
}
