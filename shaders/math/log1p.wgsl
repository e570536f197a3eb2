//! requires exp, quotient

// ln(1 + e) = 2 artanh s with s = e / (2 + e), for e = e^-t in 0 .. 1: 2s + 2s^3 q(s^2), q of degree 3
// (the reduction of Tang 1990, Table-driven implementation of the logarithm function in IEEE
// floating-point arithmetic).
// Coefficients: tools/coefficients.py, MATH_LOG1P.

// ln(1 + e) in two parts, without the power of two of e, which math_exp_scale applies.
// Measured: within 1.25 ULP for t in -174 .. 0 and results in 1.1754944e-38 .. 1, added up.
fn math_log1p_fraction(e: MathExp) -> vec2<f32> {
    let divisor = math_divisor_sum(2.0, math_exp_pair(e));
    let fraction = math_quotient_parts(vec2<f32>(1.0 + e.head, e.tail), divisor);
    let whole = fraction.x + fraction.y;
    let s = math_exp_scale(e, whole);
    let z = s * s;
    let q = 0.3333321 + z * (0.20010719 + z * (0.14001514 + z * 0.14003377));
    return 2.0 * vec2<f32>(fraction.x, fraction.y + whole * (z * q));
}
