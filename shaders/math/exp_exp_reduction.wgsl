//! requires ln2, two_product

// What e^x is made of where more of its digits count than an f32 has, by the reduction of Cody & Waite 1980,
// Software manual for the elementary functions.

// (e^r - 1 - r - r^2 / 2) / r^3 on +-0.36, finer than the exponential's own polynomial.
// Coefficients: tools/coefficients.py, MATH_EXP_EXP.
fn math_exp_fine_cubic(r: f32) -> f32 {
    return 0.16666667 + r * (0.041666497 + r * (0.008333204 + r * (0.0013932867 + r * 0.00019947324)));
}

// 2^n, and 0 for n <= -127, for integers n below 128.
fn math_exp_power(n: f32) -> f32 {
    return bitcast<f32>((i32(max(n, -127.0)) + 127) << 23u);
}

struct MathExpExpArgument {
    n: f32,
    first: f32,
    rest: f32,
}

// hi + lo = n ln 2 + first + rest, where first is exact. n changes a little late, so that r is less
// negative: there the digits of e^x would count most.
fn math_exp_exp_reduce(hi: f32, lo: f32) -> MathExpExpArgument {
    let n = round((hi + lo) * MATH_LOG2_E - 0.0078125);
    // The mask changes nothing, but keeps a compiler from adding up the two parts of ln 2.
    let rest = lo - math_mask(n, 0xffff0000u) * MATH_LN2_LO;
    return MathExpExpArgument(n, math_rounded(hi - n * MATH_LN2_HI), rest);
}

// e^x - 1 = leading + lesser * scale, and what the reduction leaves.
struct MathFineExpm1 {
    n: f32,
    r: f32,
    // (e^r - 1 - r - r^2 / 2) / r^2
    third: f32,
    leading: f32,
    // Enlarged where e^x may be subnormal, and its product with a factor is not.
    lesser: f32,
    scale: f32,
}

// x may be up to 64, but only below 0 does all of the leading sum count.
// Measured: within 2^-26 for x in -110 .. 0 and results in 0.01 .. 1.
fn math_fine_expm1_parts(x: f32) -> MathFineExpm1 {
    let t = math_exp_exp_reduce(x, 0.0);
    let is_far = t.n < -64.0;
    let power = math_exp_power(t.n + select(0.0, 64.0, is_far));
    let r = t.first + t.rest;
    // For so few bits of r, 1 + r + r^2 / 2 is exact.
    let r_hi = round(t.first * 256.0) * 0.00390625;
    let r_lo = (t.first - r_hi) + t.rest;
    let third = r * math_exp_fine_cubic(r);
    let small = r_lo + (0.5 * r_lo * (r + r_hi) + r * r * third);
    let large = power * (1.0 + r_hi + 0.5 * r_hi * r_hi);
    let leading = math_ordered_sum(-1.0, select(large, 0.0, is_far));
    let lesser = select(leading.y, large, is_far) + power * small;
    return MathFineExpm1(t.n, r, third, leading.x, lesser, select(1.0, 0x1p-64f, is_far));
}
