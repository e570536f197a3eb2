//! requires argument, exp, two_product

// The normal distribution's tail Phi(-a) without its factor e^(-a^2/2): up to a = 2 a polynomial,
// above by Mills' ratio P(a) / (a P(a) + T(a)), whose asymptote 1 / a is exact. Derived here.
// Coefficients: tools/coefficients.py, MATH_NORMAL_NEAR, MATH_MILLS_P and MATH_MILLS_T.

// Phi(-a) e^(a^2/2). Measured: within 2.4 ULP for a in 0 .. 2, times its factor.
fn math_normal_near(a: f32) -> f32 {
    let d = math_rounded(a - 1.0);
    let high = 0.0010148276 + d * (-0.00030256243 + d * (0.00008794894 + d * (-0.000029121007 + d * 0.0000073109186)));
    let middle = -0.025085298 + d * (0.009255482 + d * (-0.003168015 + d * high));
    return 0.2615783 + d * (-0.137364 + d * (0.06210714 + d * middle));
}

// P and T for a in 2 .. 15.
fn math_mills_terms(a: f32) -> vec2<f32> {
    let p = 1.0 + a * (1.0822244 + a * (0.55213404 + a * (0.15109366 + a * 0.02367755)));
    let t = 0.7968697 + a * (0.5034512 + a * (0.15115279 + a * 0.023676423));
    return vec2<f32>(p, t);
}

// Mills' ratio Phi(-a) / phi(a). Measured: within 2.4 ULP for a in 2 .. 15.
fn math_mills_ratio(a: f32) -> f32 {
    let terms = math_mills_terms(a);
    return terms.x / (a * terms.x + terms.y);
}

// The pieces of e^(-a^2/2).
// Measured: within 3.1 ULP for a in 2 .. 15 and results in 1.1754944e-38 .. 1, times Mills' ratio.
fn math_normal_parts(a: f32) -> MathExp {
    let square = math_squared_argument(a);
    return math_exp_parts(-0.5 * square.x, -0.5 * square.y);
}
