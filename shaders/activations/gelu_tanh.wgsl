//! requires exp, gate, near_zero, two_product

// x (1 + tanh z) / 2 = x / (1 + e^-2z) with 2z = x w and w = LINEAR + CUBIC x^2.
// LINEAR = 2 sqrt(2 / pi) and CUBIC = 0.044715 LINEAR, each in two parts.
const LINEAR_HI: f32 = 1.595703125;
const LINEAR_LO: f32 = 0.0000659966;
const CUBIC_HI: f32 = 0.07135009765625;
const CUBIC_LO: f32 = 0.0000047186163;

// 3 CUBIC, the second coefficient of d(2z)/dx.
const SLOPE_HI: f32 = 0.21405029296875;
const SLOPE_LO: f32 = 0.000014155849;

// x^2 in two parts, the first of 12 bits: its products with the constants above are exact.
fn square(x: f32) -> vec2<f32> {
    let x_hi = math_mask(x, 0xfffff000u);
    let hi = math_mask(x * x, 0xfffff000u);
    return vec2<f32>(hi, math_rounded(x_hi * x_hi - hi) + (x - x_hi) * (x + x_hi));
}

// The pieces of e^-|2z| for 0 <= a <= 12 and its square.
fn argument_parts(a: f32, s: vec2<f32>) -> MathExp {
    let a_hi = math_mask(a, 0xfffff000u);
    let cubic = CUBIC_HI * s.x;
    let w_hi = math_mask(LINEAR_HI + cubic, 0xfffff000u);
    let w_rest = math_rounded(math_rounded(LINEAR_HI - w_hi) + cubic);
    let w_lo = w_rest + (LINEAR_LO + (CUBIC_HI * s.y + CUBIC_LO * (s.x + s.y)));
    return math_gate_parts(a_hi * w_hi, (a - a_hi) * w_hi + a * w_lo);
}

fn forward(x: f32) -> f32 {
    let a = min(abs(x), 12.0);
    let y = math_gate(clamp(x, -12.0, 12.0), x >= 0.0, argument_parts(a, square(a)));
    return math_near_zero(x, 0.5, select(y, x, x > 12.0));
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -12.0, 12.0);
    let s = square(bounded);
    let slope = LINEAR_HI + SLOPE_HI * s.x;
    let slope_hi = math_mask(slope, 0xfffff000u);
    let slope_lo = math_rounded(slope - slope_hi) + (LINEAR_LO + (SLOPE_HI * s.y + SLOPE_LO * s.x));
    let x_hi = math_mask(bounded, 0xfffff000u);
    let lo = (bounded - x_hi) * slope_hi + bounded * slope_lo;
    return math_gate_slope(x_hi * slope_hi, lo, x >= 0.0, argument_parts(abs(bounded), s));
}
