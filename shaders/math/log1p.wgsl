//! requires exp

// ln(1 + e) = e + e^2 q(e) for e = e^-t in 0 .. 1, q of degree 8.
// Coefficients: tools/coefficients.py, MATH_LOG1P. Measured: within 2.2 ULP.

// ln(1 + e) without the power of two of e, which math_exp_scale applies.
fn math_log1p_fraction(e: MathExp) -> f32 {
    let x = math_exp_value(e);
    let high = 0.10661371 + x * (-0.057460483 + x * (0.02008846 + x * -0.0032910742));
    let q = -0.4999993 + x * (0.33330464 + x * (-0.2495802 + x * (0.19692121 + x * (-0.15344977 + x * high))));
    let fraction = math_exp_fraction(e);
    return fraction + fraction * (x * q);
}
