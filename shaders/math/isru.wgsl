//! requires inverse_sqrt, near_zero, two_product

// x / sqrt(1 + alpha x^2) without overflow, for any alpha >= 0.
//
// x is divided by a power of two c near 1 / sqrt(alpha), so that the radicand is
// 1 + a v^2 with 1 <= a < 4; beyond v = 2^50 both results have reached their limits. Derived here.

struct MathIsru {
    // x, bounded to where the result no longer changes
    x: f32,
    v: f32,
    a: f32,
}

fn math_isru_parts(x: f32, alpha: f32) -> MathIsru {
    // An alpha of 0 would make c * c infinite.
    let exponent = max((i32(bitcast<u32>(alpha) >> 23u) - 127) >> 1u, -63);
    let c = bitcast<f32>(u32(127 - exponent) << 23u);
    let inverse_c = bitcast<f32>(u32(127 + exponent) << 23u);
    let bounded = clamp(x, -0x1p50f * c, 0x1p50f * c);
    return MathIsru(bounded, math_rounded(bounded * inverse_c), math_rounded(alpha * c * c));
}

// Measured: within 1.8 ULP for every x and results in 1.1754944e-38 .. 3.4028235e38.
fn math_isru(x: f32, alpha: f32) -> f32 {
    let parts = math_isru_parts(x, alpha);
    let inverse = math_inverse_sqrt(1.0 + parts.a * (parts.v * parts.v), 0.0);
    return math_near_zero(x, 1.0, select(math_times(parts.x, inverse), x, alpha == 0.0));
}

// radicand^(-3/2), the cube of the root's inverse: as it amplifies the radicand's rounding, that is in
// two parts. Measured: within 2.2 ULP for every x and results in 1.1754944e-38 .. 1.
fn math_isru_derivative(x: f32, alpha: f32) -> f32 {
    let parts = math_isru_parts(x, alpha);
    let square = math_two_product(parts.v, parts.v);
    let product = math_two_product(parts.a, square.x);
    let radicand = math_two_sum(product.x, 1.0);
    let rest = math_rounded(radicand.y + (product.y + parts.a * square.y));
    let inverse = math_inverse_sqrt(radicand.x, rest);
    // Enlarged, so that the lesser parts of a product are not flushed.
    let enlarged = inverse * 0x1p30f;
    let enlarged_square = enlarged.x * enlarged.x + enlarged.y * (2.0 * enlarged.x + enlarged.y);
    return math_times(enlarged_square, inverse) * 0x1p-60f;
}

// -(x / sqrt(1 + alpha x^2))^3 / 2, how math_isru changes with alpha: both factors of the cubed product are
// in two parts, and so is the radicand.
fn math_isru_derivative_by_alpha(x: f32, alpha: f32) -> f32 {
    let parts = math_isru_parts(x, alpha);
    let square = math_two_product(parts.v, parts.v);
    let product = math_two_product(parts.a, square.x);
    let radicand = math_two_sum(product.x, 1.0);
    let rest = math_rounded(radicand.y + (product.y + parts.a * square.y));
    let inverse = math_inverse_sqrt(radicand.x, rest);
    let x_hi = math_mask(parts.x, 0xfffff000u);
    let hi = x_hi * inverse.x;
    let lo = (parts.x - x_hi) * inverse.x + parts.x * inverse.y;
    let y = math_ordered_sum(hi, lo);
    return -(y.x * y.x) * (0.5 * y.x + 1.5 * y.y);
}
