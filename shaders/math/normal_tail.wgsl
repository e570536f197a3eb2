//! requires argument, exp

// The normal distribution's tail: Phi(-a) = phi(a) M(a), with the density phi(a) = e^(-a^2/2) / k,
// k = sqrt(2 pi), and Mills' ratio M(a) = k P(a) / (k a P(a) + T(a)), whose asymptote 1 / a is exact,
// as is M(0), and to which all terms contribute with the same sign.
// Coefficients: tools/coefficients.py, MATH_MILLS_P and MATH_MILLS_T.

// The numerator and the denominator of M(a) / k = Phi(-a) e^(a^2/2) for a in 0 .. 14.5.
fn math_normal_tail(a: f32) -> vec2<f32> {
    let p = 1.875 + a * (2.0342128 + a * (1.0595934 + a * (0.3194078 + a * (0.05571133 + a * 0.004639102))));
    let t = 3.75 + a * (2.3605647 + a * (0.778631 + a * (0.13959144 + a * 0.011629589)));
    return vec2<f32>(p, a * (2.5066283 * p) + t);
}

// The pieces of e^(-a^2/2).
fn math_normal_parts(a: f32) -> MathExp {
    let square = math_squared_argument(a);
    return math_exp_parts(-0.5 * square.x, -0.5 * square.y);
}
