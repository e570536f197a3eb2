//! requires two_product

// e^r beyond r^7 / 7!, divided by r^8.
// Coefficients: tools/coefficients.py, MATH_EXPM1MX.
fn math_exp_beyond_seven(r: f32) -> f32 {
    let high = 0.0000002755567 + r * (0.000000025065962 + r * 0.0000000021954338);
    return 0.000024801588 + r * (0.0000027557319 + r * high);
}

// (e^r - 1 - r) / r for |r| <= 0.36, by Horner's rule in two parts.
fn math_exp_curve_quotient(r: vec2<f32>) -> vec2<f32> {
    var p = vec2<f32>(math_exp_beyond_seven(r.x), 0.0);
    p = math_horner_step(vec2<f32>(0.0001984127, -2.7255969e-12), r, p);
    p = math_horner_step(vec2<f32>(0.0013888889, -3.3631094e-11), r, p);
    p = math_horner_step(vec2<f32>(0.008333334, -4.346172e-10), r, p);
    p = math_horner_step(vec2<f32>(0.041666668, -1.2417635e-9), r, p);
    p = math_horner_step(vec2<f32>(0.16666667, -4.967054e-9), r, p);
    p = math_horner_step(vec2<f32>(0.5, 0.0), r, p);
    return math_pair_product(r, p);
}

struct MathExpm1mx {
    // x where the value is near 0 and could underflow, else 1
    factor: f32,
    // What is left of e^x - 1 - x without the factor, in two parts, and of x
    curve: vec2<f32>,
    line: f32,
}

// e^x - 1 - x for -2^24 <= x <= 0 in two parts, because a multiple of x cancels it in xIELU. Below
// -ln 2 / 2 it is 2^n (1 + r) - (1 + x), a sum of exact terms, and 2^n (e^r - 1 - r).
// Measured: within 1.25 ULP, when the parts are added up.
fn math_expm1mx(x: f32) -> MathExpm1mx {
    let t = max(x, -87.0);
    let n = round(t * 1.442695);
    // ln 2 in three parts, of which two make exact products with n.
    let first = math_rounded(t - n * 0.693359375);
    let rest = n * 1.820636e-9;
    let r = math_ordered_sum(first, n * 0.00021219626) - vec2<f32>(0.0, rest);
    let quotient = math_exp_curve_quotient(r);
    let curve = math_pair_product(r, quotient);
    let scale = select(bitcast<f32>((i32(n) + 127) << 23u), 0.0, x < -87.0);
    let power = scale * math_ordered_sum(1.0, r.x);
    let line = math_ordered_sum(-1.0, -x);
    let straight = math_two_sum(line.x, power.x);
    let sum = math_two_sum(straight.x, scale * curve.x);
    let sum_rest = ((sum.y + straight.y) + line.y) + (power.y + scale * (r.y + curve.y));
    let is_near = n == 0.0;
    return MathExpm1mx(
        select(1.0, x, is_near),
        select(vec2<f32>(sum.x, sum_rest), quotient, vec2<bool>(is_near)),
        select(x, 1.0, is_near),
    );
}
