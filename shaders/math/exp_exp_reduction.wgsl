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
