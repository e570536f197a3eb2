//! requires expm1, quotient, sign

// tanh t = u / (u + 2) with u = e^2t - 1. Measured: within 1.1 ULP.

// factor * tanh t for 2t = hi + lo >= 0; the factor's first part has at most 12 bits.
fn math_tanh(factor: vec2<f32>, hi: f32, lo: f32) -> f32 {
    // Held where tanh is 1.
    let u = math_expm1_pair(min(hi, 20.0), lo);
    let product = vec2<f32>(factor.x * u.x, factor.x * u.y + factor.y * (u.x + u.y));
    return math_quotient(product, math_divisor_sum(2.0, u));
}

// (x - tanh x) / x^3 for s = x^2 in 0 .. 1, as a polynomial of degree 7.
// Coefficients: tools/coefficients.py, MATH_TANH_SHRINK.
fn math_tanh_shrink_quotient(s: f32) -> f32 {
    let high = -0.021915365 + s * (0.00893242 + s * (-0.0035389154 + s * (0.0011581713 + s * -0.00020824959)));
    return 0.33333334 + s * (-0.13333413 + s * (0.053978562 + s * high));
}
