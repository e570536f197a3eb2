//! requires ln2, quotient, two_product

// ln x = k ln 2 + ln m with m in sqrt(1/2) .. sqrt(2), and ln m = 2 artanh s with s = (m - 1) / (m + 1):
// 2s + 2s^3 q(s^2), q of degree 2 (Tang 1990, Table-driven implementation of the logarithm function in
// IEEE floating-point arithmetic, without its table).
// Coefficients: tools/coefficients.py, MATH_LOG.

// ln x in two parts. Measured: within 2^-28 for x in 1.1754944e-38 .. 3.4028235e38.
fn math_log_parts(x: f32) -> vec2<f32> {
    let bits = bitcast<i32>(x);
    let exponent = (bits - 0x3f3504f3) >> 23u;
    let m = bitcast<f32>(bits - (exponent << 23u));
    let s = math_quotient_parts(vec2<f32>(m - 1.0, 0.0), math_divisor_sum(1.0, vec2<f32>(m, 0.0)));
    let whole = s.x + s.y;
    let z = whole * whole;
    let q = 0.33333388 + z * (0.19988795 + z * 0.14935286);
    let k = f32(exponent);
    let sum = math_ordered_sum(k * MATH_LN2_HI, 2.0 * s.x);
    return vec2<f32>(sum.x, sum.y + (2.0 * (s.y + whole * (z * q)) + k * MATH_LN2_LO));
}

// Measured: within 0.55 ULP for x in 1.1754944e-38 .. 3.4028235e38.
fn math_log(x: f32) -> f32 {
    let parts = math_log_parts(x);
    return parts.x + parts.y;
}
