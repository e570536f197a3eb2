//! requires two_product

// n / d by one step of long division (Knuth, The art of computer programming, volume 2, 4.3.1): the
// first 12 bits of an estimate, and the remainder that they leave, divided alike. n and d are sums of two
// parts, of which the first of d has 12 bits and the second is below a 500th of it. So the hardware's
// division may be off by hundreds of ULP.

// Measured: within 2^-33.2 for x in 1e-27 .. 1e38 and results in 1e-27 .. 1e38.
fn math_quotient_parts(n: vec2<f32>, d: vec2<f32>) -> vec2<f32> {
    let reciprocal = 1.0 / (d.x + d.y);
    let leading = math_mask((n.x + n.y) * reciprocal, 0xfffff000u);
    let remainder = (math_rounded(n.x - leading * d.x) + n.y) - leading * d.y;
    return vec2<f32>(leading, remainder * reciprocal);
}

// Measured: within 0.51 ULP for x in 1e-30 .. 1e38 and results in 1e-30 .. 1e38.
fn math_quotient(n: vec2<f32>, d: vec2<f32>) -> f32 {
    let parts = math_quotient_parts(n, d);
    return parts.x + parts.y;
}

// x as a divisor.
fn math_divisor(x: f32) -> vec2<f32> {
    let hi = math_mask(x, 0xfffff000u);
    return vec2<f32>(hi, x - hi);
}

// d^2 as a divisor. Measured: within 0.51 ULP for d in 1e-15 .. 1e15 and results in 1e-30 .. 1e30, in a
// quotient.
fn math_divisor_squared(d: vec2<f32>) -> vec2<f32> {
    let square = d.x * d.x;
    let hi = math_mask(square, 0xfffff000u);
    return vec2<f32>(hi, (square - hi) + d.y * (2.0 * d.x + d.y));
}

// a + b as a divisor, where a and b.x are so coarse or so alike that a - (a + b) + b.x is exact.
// Measured: within 0.51 ULP for b in 0 .. 1e38 and results in 1e-30 .. 1, in a quotient.
fn math_divisor_sum(a: f32, b: vec2<f32>) -> vec2<f32> {
    let hi = math_mask(a + (b.x + b.y), 0xfffff000u);
    return vec2<f32>(hi, (math_rounded(a - hi) + b.x) + b.y);
}
