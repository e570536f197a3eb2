//! requires exp, expm1, near_zero, tanh, tanh_shrink, two_product

// x tanh z with z = e^x. From x = 3 on the factor is 1 in f32; below -60 it is z, and the second half of
// the power of two is applied last, because z alone could be flushed.
fn forward(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 3.0);
    let t = math_exp_reduce(bounded, 0.0);
    let is_linear = x < -60.0;
    let r = t.r + t.rest;
    let z = t.first * (1.0 + (r + math_exp_curve(r))) * select(t.second, 1.0, is_linear);
    let hi = math_mask(bounded, 0xfffff000u);
    let y = math_tanh(vec2<f32>(hi, bounded - hi), 2.0 * z, 0.0) * select(1.0, t.second, is_linear);
    return math_near_zero(x, 0.7615942, select(y, x, x > 3.0));
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
