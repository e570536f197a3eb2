//! requires near_zero, quotient, sign

// Arc tangent: one division brings abs(x) to abs(r) <= 1 / 2, with pi / 4 or pi / 2 added back in two
// parts (the reduction of Moshier 1989, Methods and programs for mathematical functions); then
// r + r^3 A(r^2), a minimax polynomial with a relative error of 2^-27.5.
// Constants: tools/coefficients_trig.py.

const MATH_ATAN_0: f32 = -3.3333233e-01;
const MATH_ATAN_1: f32 = 1.9994168e-01;
const MATH_ATAN_2: f32 = -1.4174213e-01;
const MATH_ATAN_3: f32 = 1.01558276e-01;
const MATH_ATAN_4: f32 = -5.1251605e-02;
const MATH_HALF_PI_HI: f32 = 1.5707964;
const MATH_HALF_PI_LO: f32 = -4.371139e-08;

// Measured: within 1.5 ULP for every x.
fn math_atan(x: f32) -> f32 {
    let a = min(abs(x), 0x1p30f);
    let middle = a > 0.5;
    let large = a > 2.4142137;
    // atan a = turns * pi / 2 + atan(numerator / (larger + smaller))
    let turns = select(select(0.0, 0.5, middle), 1.0, large);
    let numerator = select(select(a, a - 1.0, middle), -1.0, large);
    let larger = select(1.0, max(a, 1.0), middle);
    let smaller = select(0.0, min(a, 1.0), middle && !large);
    let divisor = math_divisor_sum(larger, vec2<f32>(smaller, 0.0));
    let parts = math_quotient_parts(vec2<f32>(numerator, 0.0), divisor);
    let r = parts.x + parts.y;
    let z = r * r;
    let polynomial = MATH_ATAN_0
        + z * (MATH_ATAN_1 + z * (MATH_ATAN_2 + z * (MATH_ATAN_3 + z * MATH_ATAN_4)));
    let rest = turns * MATH_HALF_PI_LO + (parts.y + r * (z * polynomial));
    let result = (turns * MATH_HALF_PI_HI + parts.x) + rest;
    return math_near_zero(x, 1.0, math_with_sign(result, x));
}
