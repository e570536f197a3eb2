//! requires exp

// (e^r - 1 - r - r^2 / 2) / r^3 on +-0.36, finer than the exponential's own polynomial.
// Coefficients: tools/coefficients.py, MATH_EXP_EXP.
fn math_exp_fine_cubic(r: f32) -> f32 {
    return 0.16666667 + r * (0.041666497 + r * (0.008333204 + r * (0.0013932867 + r * 0.00019947324)));
}

// e^(x - e^x), where an error of z = e^x counts up to 90 times. So z is summed as
// 2^n (1 + r + r^2 / 2 + r^3 q(r)) with r cut to 12 bits: the first three terms are exact. Its whole
// part, and what is left of it in 4096ths, are joined to x exactly. For x in -87.3 .. 4.51.
// Measured: within 3 ULP.
fn math_exp_minus_exp(x: f32) -> f32 {
    let t = clamp(x, -174.0, 5.0);
    let reduced = math_exp_reduce(t, 0.0);
    let scale = reduced.first * reduced.second;
    let r_hi = math_mask(reduced.r, 0xfffff000u);
    let r_lo = math_rounded(reduced.r - r_hi) + reduced.rest;
    let r = r_hi + r_lo;
    let half_square = 0.5 * r_hi * r_hi;
    let small = (r_lo + 0.5 * r_lo * (r + r_hi)) + r * r * (r * math_exp_fine_cubic(r));
    let whole = floor(scale * (1.0 + (r_hi + (half_square + small))));
    let first = math_rounded(math_rounded(scale - whole) + scale * r_hi);
    let z_hi = round(((first + scale * half_square) + scale * small) * 4096.0) * 0.000244140625;
    let z_lo = math_rounded(math_rounded(first - z_hi) + scale * half_square) + scale * small;
    let t_hi = round(t * 4096.0) * 0.000244140625;
    return math_exp_value(math_exp_parts((t_hi - whole) - z_hi, math_rounded(t - t_hi) - z_lo));
}
