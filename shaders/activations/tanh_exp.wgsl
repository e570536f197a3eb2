//! requires near_zero, tanh, tanh_shrink

// tanh z with z = e^x. For x < 0 it is z - z^3 q(z^2), with the factor z applied last; from x = 3 on it
// is 1 in f32.

fn forward(x: f32) -> f32 {
    let e = math_exp_parts(min(x, 3.0), 0.0);
    let z = math_exp_value(e);
    let s = min(z * z, 1.0);
    let below = math_exp_times(e, clamp(x, -174.0, 0.0) * (1.0 - s * math_tanh_shrink_quotient(s)));
    let bounded = clamp(x, 0.0, 3.0);
    let hi = math_mask(bounded, 0xfffff000u);
    let above = math_tanh(vec2<f32>(hi, bounded - hi), 2.0 * z, 0.0);
    let y = select(select(above, below, x < 0.0), x, x > 3.0);
    return math_near_zero(x, 0.7615942, y);
}

// tanh z + x z / cosh(z)^2: below, 1 / cosh^2 = 1 - tanh^2; above, the whole less 1 is small.
fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 3.0);
    let e = math_exp_parts(bounded, 0.0);
    let z = math_exp_value(e);
    let s = min(z * z, 1.0);
    let quotient = 1.0 - s * math_tanh_shrink_quotient(s);
    let below = math_exp_times(e, quotient + min(bounded, 0.0) * (1.0 - s * quotient * quotient));
    let u = math_expm1(2.0 * z, 0.0);
    let slope = 4.0 * bounded * z;
    let above = 1.0 + ((slope - 4.0) + u * (slope - 2.0)) / (4.0 + u * (4.0 + u));
    return select(above, below, x < 0.0);
}
