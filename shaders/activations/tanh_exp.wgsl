//! requires tanh

// tanh z with z = e^x is 1 in f32 from x = 2.3 on, and z itself below x = -16.

fn forward(x: f32) -> f32 {
    let e = math_exp_parts(min(x, 3.0), 0.0);
    let y = x * math_tanh_half(2.0 * math_exp_value(e));
    return select(y, math_exp_times(e, max(x, -174.0)), x < -16.0);
}

// tanh z + x z / cosh(z)^2 = (u (u + 2) + 4 x z (u + 1)) / (u + 2)^2 with u = e^2z - 1, its terms
// gathered so that few of them are rounded where u is small; for x > 0 the quotient less 1 is small.
fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 3.0);
    let e = math_exp_parts(bounded, 0.0);
    let z = math_exp_value(e);
    let u = math_expm1(2.0 * z, 0.0);
    let slope = 4.0 * bounded * z;
    let above = (slope - 4.0) + u * (slope - 2.0);
    let below = slope + u * (u + (2.0 + slope));
    let quotient = select(below, above, x > 0.0) / (4.0 + u * (4.0 + u));
    let y = select(0.0, 1.0, x > 0.0) + quotient;
    return select(y, math_exp_times(e, 1.0 + bounded), x < -16.0);
}
