//! requires two_product

// 1 / sqrt(x + rest) as (hi, lo): 12 bits of the hardware's estimate, which may be off by hundreds of
// ULP, and Newton's step from them with the term after it (Householder 1970, The numerical treatment of
// a single nonlinear equation), for a rest far below x.
// Measured: within 2^-25.7 for x in 8e-31 .. 2e37 and results in 1e-30 .. 1e30.
fn math_inverse_sqrt(x: f32, rest: f32) -> vec2<f32> {
    let hi = math_mask(inverseSqrt(x), 0xfffff000u);
    let x_hi = math_mask(x, 0xfffff000u);
    // 1 - (x + rest) hi^2
    let distance = math_rounded(1.0 - (x_hi * hi) * hi) - (((x - x_hi) + rest) * hi) * hi;
    return vec2<f32>(hi, hi * (distance * (0.5 + 0.375 * distance)));
}

// a * (hi + lo), where hi has 12 bits and a is 0 or above 1e-30.
// Measured: within 0.8 ULP for x in 8e-31 .. 2e37 and results in 1e-30 .. 1e38, of an inverse root of x.
fn math_times(a: f32, parts: vec2<f32>) -> f32 {
    let a_hi = math_mask(a, 0xfffff000u);
    return math_rounded(a_hi * parts.x) + math_rounded((a - a_hi) * parts.x + a * parts.y);
}
