//! requires gate, near_zero

// tanh(ln(1 + e^x)) = w / (w + 2) with w = e^x (e^x + 2). With e = e^-|x| that is
// e (2 + e) / (2 + 2 e + e^2) for x < 0 and, by symmetry, (1 + 2 e) / (1 + 2 e + 2 e^2) else.

fn forward(x: f32) -> f32 {
    let parts = math_gate_parts(x, 0.0);
    let e = math_exp_value(parts);
    let positive = x >= 0.0;
    let bounded = max(x, -174.0);
    let upper = 1.0 + 2.0 * e;
    // One and a half times both polynomials, as 3 is rounded more finely than 2.
    let lower = 3.0 + 1.5 * e;
    let denominator = select(3.0 + e * (3.0 + 1.5 * e), upper + 2.0 * e * e, positive);
    let y = math_gate_choose(bounded * upper, bounded * lower, denominator, positive, parts);
    return math_near_zero(x, 0.6, y);
}

// The same quotient of polynomials of e, with x in the numerator.
fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 174.0);
    let parts = math_gate_parts(bounded, 0.0);
    let e = math_exp_value(parts);
    let positive = x >= 0.0;
    let four_x = 4.0 * bounded;
    let square = e * e;
    let upper = (1.0 + 4.0 * e) + square * ((6.0 + four_x) + e * (4.0 + four_x));
    let lower = ((4.0 + four_x) + e * (6.0 + four_x)) + square * (4.0 + e);
    let upper_denominator = (1.0 + 4.0 * e) + square * (8.0 + e * (8.0 + 4.0 * e));
    let lower_denominator = (4.0 + 8.0 * e) + square * (8.0 + e * (4.0 + e));
    let denominator = select(lower_denominator, upper_denominator, positive);
    return math_gate_choose(upper, lower, denominator, positive, parts);
}
