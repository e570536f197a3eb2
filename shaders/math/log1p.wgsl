// ln(1 + e) / e for e in 0 .. 1, as a polynomial of degree 9.
// Coefficients: tools/coefficients.py, MATH_LOG1P.
fn math_log1p_quotient(e: f32) -> f32 {
    let high = 0.10661371 + e * (-0.057460483 + e * (0.02008846 + e * -0.0032910742));
    let middle = 0.33330464 + e * (-0.2495802 + e * (0.19692121 + e * (-0.15344977 + e * high)));
    return 1.0 + e * (-0.4999993 + e * middle);
}
