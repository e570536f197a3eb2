//! requires ln2, two_product

// e^x - 1 - x by the quotient for e^r of Sun Microsystems 1993, fdlibm, in two parts throughout.
// Coefficients: tools/coefficients.py, MATH_EXPM1MX.

// r coth(r / 2) = 2 + s u(s) and u = 1 / 6 - s v(s) with s = r^2; this is v less 2913 / 2^20, a head of
// 12 bits.
fn math_exp_quotient_rest(s: f32) -> f32 {
    return -0.00000027550593 + s * (-0.00006613757 + s * (0.0000016534585 + s * -0.000000041716614));
}

// w = r - r^2 u(r^2) for |r| <= 0.36 in two parts: e^r - 1 is 2 r / (2 - w), and e^r - 1 - r is
// r w / (2 - w).
fn math_exp_quotient_terms(r: vec2<f32>) -> vec2<f32> {
    let square = math_two_product(r.x, r.x);
    let s = vec2<f32>(square.x, square.y + 2.0 * r.x * r.y);
    let s_hi = math_mask(s.x, 0xfffff000u);
    let product = s_hi * 0.0027780533;
    let product_rest = ((s.x - s_hi) + s.y) * 0.0027780533 + s.x * math_exp_quotient_rest(s.x);
    let u = math_ordered_sum(0.16666667, -product);
    let su = math_pair_product(s, vec2<f32>(u.x, u.y - (4.967054e-9 + product_rest)));
    let w = math_ordered_sum(r.x, -su.x);
    return vec2<f32>(w.x, w.y + (r.y - su.y));
}

// n / d, all in two parts.
fn math_pair_quotient(n: vec2<f32>, d: vec2<f32>) -> vec2<f32> {
    let reciprocal = 1.0 / d.x;
    let hi = math_rounded(n.x * reciprocal);
    let product = math_two_product(hi, d.x);
    let remainder = math_rounded(n.x - product.x) + ((n.y - product.y) - hi * d.y);
    return vec2<f32>(hi, remainder * reciprocal);
}

struct MathExpm1mx {
    // x where the value is near 0 and could underflow, else 1
    factor: f32,
    // What is left of e^x - 1 - x without the factor, in two parts, and of x
    curve: vec2<f32>,
    line: f32,
}

// e^x - 1 - x in two parts, because a multiple of x cancels it in xIELU. Below -ln 2 / 2 it is
// 2^n + 2^n (e^r - 1) - (1 + x), a sum of which only the second term is inexact (derived here).
// Measured: within 1.25 ULP for x in -16777216 .. 0 and results in 1e-30 .. 16777216, added up.
fn math_expm1mx(x: f32) -> MathExpm1mx {
    // So that 2^n is 0 from there down.
    let t = max(x, -88.0);
    let n = round(t * MATH_LOG2_E);
    let is_near = n == 0.0;
    // ln 2 in three parts, of which two make exact products with n.
    let first = math_rounded(t - n * MATH_LN2_HI);
    let reduced = math_ordered_sum(first, n * 0.00021219626);
    let r = vec2<f32>(reduced.x, reduced.y - n * 1.820636e-9);
    let w = math_exp_quotient_terms(r);
    let divisor = math_ordered_sum(2.0, -w.x);
    let dividend = select(2.0 * r, w, vec2<bool>(is_near));
    let quotient = math_pair_quotient(dividend, vec2<f32>(divisor.x, divisor.y - w.y));
    let scale = bitcast<f32>((i32(n) + 127) << 23u);
    let power = math_ordered_sum(scale, scale * quotient.x);
    // The power has no finer digits than the line.
    let line = math_ordered_sum(-1.0, -x);
    let sum = math_ordered_sum(line.x, power.x);
    let sum_rest = (sum.y + line.y) + (power.y + scale * quotient.y);
    return MathExpm1mx(
        select(1.0, x, is_near),
        select(vec2<f32>(sum.x, sum_rest), quotient, vec2<bool>(is_near)),
        select(x, 1.0, is_near),
    );
}
