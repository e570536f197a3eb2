//! requires argument, exp

// The normal distribution's tail: Phi(-a) = phi(a) M(a), with the density phi(a) = e^(-a^2/2) /
// sqrt(2 pi) and Mills' ratio M(a) = P(a) / (a P(a) + T(a)), whose asymptote 1 / a is exact and to
// which all terms contribute with the same sign. Coefficients: tools/coefficients.py, MATH_MILLS_P
// and MATH_MILLS_T.

// sqrt(2 pi), which happens to be an f32 to ten digits.
const MATH_SQRT_TWO_PI: f32 = 2.5066283;

// The numerator and the denominator of Mills' ratio for a in 0 .. 14.5.
fn math_mills_ratio(a: f32) -> vec2<f32> {
    let p = 1.5136719 + a * (1.6423831 + a * (0.85606414 + a * (0.25836688 + a * (0.045162126 + a * 0.0037802632))));
    let t = 1.2077354 + a * (0.7603936 + a * (0.25123233 + a * (0.04514219 + a * 0.0037806712)));
    return vec2<f32>(p, a * p + t);
}

// The pieces of e^(-a^2/2).
fn math_normal_parts(a: f32) -> MathExp {
    let square = math_squared_argument(a);
    return math_exp_parts(-0.5 * square.x, -0.5 * square.y);
}
