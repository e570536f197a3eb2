// (x - tanh x) / x^3 for s = x^2 in 0 .. 1, as a polynomial of degree 7 with a relative error of 2^-25,
// instead of the difference, which cancels. Derived here.
// Coefficients: tools/coefficients.py, MATH_TANH_SHRINK.
// Measured: within 3.4 ULP for x in 0 .. 1 and results in 1e-30 .. 1, as x - tanh x.
fn math_tanh_shrink_quotient(s: f32) -> f32 {
    let high = -0.021915365 + s * (0.00893242 + s * (-0.0035389154 + s * (0.0011581713 + s * -0.00020824959)));
    return 0.33333334 + s * (-0.13333413 + s * (0.053978562 + s * high));
}
