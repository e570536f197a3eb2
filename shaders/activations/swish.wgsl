//! requires argument, gate, near_zero, rest, two_product

// Where the derivative is 0, by t = beta x, in two parts.
const ZERO_HI: f32 = -1.2784646;
const ZERO_LO: f32 = 0.0000000129792825;

fn forward(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    // Where the exponent is held, the limit at infinity is reached: 0, or x itself; and x / 2 for beta = 0.
    let moderate = abs(t.x) < 174.0;
    let value = select(0.0, x, moderate && p.beta != 0.0);
    let y = math_gate(value, t.x >= 0.0, math_gate_parts(t.x, t.y));
    let limit = select(0.0, x, t.x > 0.0);
    return math_near_zero(x, 0.5, select(select(limit, y, moderate), 0.5 * x, p.beta == 0.0));
}

// The derivative at the distance d from its zero, for d in +-1/16.
// Coefficients: tools/coefficients.py, SWISH_SLOPE.
fn slope_beside_zero(d: f32) -> f32 {
    return d * (0.2178117 + d * (0.1466488 + d * (0.018878872 - d * (0.015220429 + d * 0.007618534))));
}

// Beside its zero the terms cancel, and what beta x is beyond an f32 counts: of an x of 16 bits all of it is
// there.
fn derivative(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    let y = math_gate_slope(t.x, t.y, t.x >= 0.0, math_gate_parts(t.x, t.y));
    let d = math_rounded(math_rounded(t.x - ZERO_HI) + t.y) - ZERO_LO;
    return select(y, slope_beside_zero(d), abs(d) < 0.0625);
}

// x (1 / 2 + t / 4) - y, for a t so small that the next term is of no account. Of the second term the sign
// still counts where it vanishes.
fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let t = p.beta * x;
    let size = max(abs(0.25 * t), 0x1p-40f);
    let is_rising = (bitcast<u32>(p.beta) ^ bitcast<u32>(x)) < 0x80000000u;
    let rest = math_product_rest(vec2<f32>(0.5, select(-size, size, is_rising)), x, y);
    return select(0.0, rest, abs(t) < 0x1p-12f && p.beta != 0.0);
}

// x^2 times the derivative of the gate, which is 1 / 4 for a small t. Seven bits of x have a square of 14;
// past a held exponent the result has vanished.
fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    let t = math_product_argument(p.beta, x);
    let value = select(0.0, x, abs(t.x) < 174.0 && p.beta != 0.0);
    let leading = math_mask(value, 0xfffe0000u);
    let square = vec2<f32>(leading * leading, (value - leading) * (value + leading));
    let y = math_gate_bell(square, math_gate_parts(t.x, t.y));
    return select(y, 0.25 * x * x, abs(t.x) < 0x1p-12f);
}
