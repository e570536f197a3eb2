//! requires tanh

// tanh z with z = e^x is 1 in f32 from x = 2.3 on, and z itself below x = -16.

fn forward(x: f32) -> f32 {
    let e = math_exp_parts(min(x, 3.0), 0.0);
    let y = x * math_tanh_half(2.0 * math_exp_value(e), 0.0);
    return select(y, math_exp_times(e, max(x, -174.0)), x < -16.0);
}

// tanh z + x z / cosh(z)^2 = (u (u + 2) + 4 x z (u + 1)) / (u + 2)^2 with u = e^2z - 1.
fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 3.0);
    let e = math_exp_parts(bounded, 0.0);
    let z = math_exp_value(e);
    let u = math_expm1(2.0 * z, 0.0);
    let v = u + 2.0;
    let y = (u * v + 4.0 * bounded * z * (u + 1.0)) / (v * v);
    return select(y, math_exp_times(e, 1.0 + bounded), x < -16.0);
}
