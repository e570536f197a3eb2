//! requires exp, two_product

// e^t - 1 = (2^n - 1) + 2^n (e^r - 1), with n and r of math_exp: for n = 0 nothing cancels, else the
// first term leads. That the leading part keeps to few bits, for exact products, is derived here.

// e^(hi + lo) - 1 for hi up to 88, in two parts. For hi >= 0 the first has at most 12 bits: from 2^9 on
// the 1 is taken from the second.
fn math_expm1_pair(hi: f32, lo: f32) -> vec2<f32> {
    let t = math_exp_reduce(hi, lo);
    let scale = t.first * t.second;
    // A part of a tiny r, or its product with a small factor, could be flushed.
    let is_split = scale == 1.0 && abs(t.r) > 0x1p-40f;
    let head = select(round(t.r * 256.0) * 0.00390625, math_mask(t.r, 0xfffff000u), is_split);
    let large = scale > 256.0;
    return vec2<f32>(
        math_rounded(scale - select(1.0, 0.0, large)) + scale * head,
        scale * math_exp_tail(t, head) - select(0.0, 1.0, large),
    );
}

// e^t - 1. Measured: within 1.5 ULP for t in -3.4028235e38 .. 88 and results in 1e-30 .. 1.7e38.
fn math_expm1(hi: f32, lo: f32) -> f32 {
    let pair = math_expm1_pair(hi, lo);
    return pair.x + pair.y;
}

// factor * (e^t - 1).
// Measured: within 1.5 ULP for t in -3.4028235e38 .. 88 and results in 1e-30 .. 1.7e38.
fn math_expm1_times(hi: f32, lo: f32, factor: f32) -> f32 {
    let pair = math_expm1_pair(hi, lo);
    let factor_hi = math_mask(factor, 0xfffff000u);
    return factor_hi * pair.x + math_rounded((factor - factor_hi) * pair.x + factor * pair.y);
}
