//! requires exp, expm1mx

// e^(x - e^x), where an error of z = e^x counts up to 90 times. So z is summed as
// 2^n (1 + r + r^2 / 2 + r^3 q(r)) with r cut to 12 bits: the first three terms are exact, and the
// whole part of z is taken off before they are added. Measured: within 3.6 ULP.
fn math_exp_minus_exp(x: f32) -> f32 {
    let t = clamp(x, -174.0, 5.0);
    let n = round(t * 1.442695);
    let rest = math_mask(n, 0xffff0000u) * -0.00021219444;
    let first_r = t - n * 0.693359375;
    let r_hi = math_mask(first_r, 0xfffff000u);
    let r_lo = (first_r - r_hi) - rest;
    let r = first_r - rest;
    let q = math_exp_fine_cubic(r);
    let half_square = 0.5 * r_hi * r_hi;
    let small = (r_lo + 0.5 * r_lo * (r + r_hi)) + r * r * (r * q);
    let whole_n = i32(n);
    let half_n = whole_n >> 1u;
    let scale = bitcast<f32>((half_n + 127) << 23u) * bitcast<f32>((whole_n - half_n + 127) << 23u);
    let whole = floor(scale * (1.0 + (r_hi + (half_square + small))));
    let z = (((scale - whole) + scale * r_hi) + scale * half_square) + scale * small;
    let t_hi = math_mask(t, 0xfffff000u);
    return math_exp_value(math_exp_parts(t_hi - whole, (t - t_hi) - z));
}
