//! requires exp, exp_exp_reduction, two_product

// Functions of z = e^x and e^-z, both by the reduction of Cody & Waite 1980, Software manual for the
// elementary functions. What is done for the digits of z is derived here.

// 1 - e^-z with z = e^x, which is z where z is tiny, and 1 in f32 from x = 2.9 on.
// Measured: within 1.9 ULP for x in -87.33654 .. 3.4028235e38.
fn math_exp_exp_complement(x: f32) -> f32 {
    let t = math_exp_exp_reduce(clamp(x, -88.0, 2.9), 0.0);
    let r = t.first + t.rest;
    let z = math_exp_power(t.n) * (1.0 + (r + math_exp_curve(r)));
    let u = math_exp_exp_reduce(-z, 0.0);
    let s = u.first + u.rest;
    let scale = math_exp_power(u.n);
    return math_rounded(1.0 - scale) - scale * (s + math_exp_curve(s));
}

// e^(x - z) with z = e^x as e^x e^-z, where an error of z counts up to 90 times. So z is summed as
// 2^n (1 + r + r^2 / 2 + r^3 q(r)) with r cut to multiples of 2^-11: the first three terms have 24
// bits together. Measured: within 3.3 ULP for x in -87.33 .. 4.51.
fn math_exp_minus_exp(x: f32) -> f32 {
    let t = math_exp_exp_reduce(clamp(x, -88.0, 5.0), 0.0);
    let r_hi = round(t.first * 2048.0) * 0.00048828125;
    let r_lo = math_rounded(t.first - r_hi) + t.rest;
    let r = r_hi + r_lo;
    let leading = 1.0 + (r_hi + 0.5 * r_hi * r_hi);
    let small = (r_lo + 0.5 * r_lo * (r + r_hi)) + r * r * (r * math_exp_fine_cubic(r));
    let scale = math_exp_power(t.n);
    let u = math_exp_exp_reduce(-scale * leading, -scale * small);
    let s = u.first + u.rest;
    let beyond = s + math_exp_curve(s);
    return math_exp_power(t.n + u.n) * (leading + (small + (leading + small) * beyond));
}
