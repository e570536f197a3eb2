//! requires expm1

// tanh t = u / (u + 2) with u = e^2t - 1, for t >= 0; below 1, t less a polynomial is more accurate.
// Measured: within 1.6 ULP.

// u for 2t = hi + lo, held where tanh is 1.
fn math_tanh_argument(hi: f32, lo: f32) -> f32 {
    return math_expm1(min(hi, 20.0), lo);
}

// (x - tanh x) / x^3 for s = x^2 in 0 .. 1, as a polynomial of degree 7.
// Coefficients: tools/coefficients.py, MATH_TANH_SHRINK.
fn math_tanh_shrink_quotient(s: f32) -> f32 {
    let high = -0.021915365 + s * (0.00893242 + s * (-0.0035389154 + s * (0.0011581713 + s * -0.00020824959)));
    return 0.33333334 + s * (-0.13333413 + s * (0.053978562 + s * high));
}

// The tanh of t >= 0.
fn math_tanh(t: f32) -> f32 {
    let u = math_tanh_argument(2.0 * t, 0.0);
    let near = min(t, 1.0);
    let s = near * near;
    return select(u / (u + 2.0), near - near * (s * math_tanh_shrink_quotient(s)), t < 1.0);
}

// magnitude with the sign of x, that of a zero too.
fn math_with_sign(magnitude: f32, x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(magnitude) | (bitcast<u32>(x) & 0x80000000u));
}
