//! requires ln2, two_product

// e^t = 2^n e^r with |r| <= ln 2 / 2 (Cody & Waite 1980, Software manual for the elementary functions),
// and e^r = 1 + r + r^2 / 2 + r^3 q(r), q of degree 3 on +-0.36. The argument comes in two parts, because
// a rounded argument of 87 costs 60 ULP. Coefficients: tools/coefficients.py, MATH_EXP.

// e^t in pieces: (1 + head + tail) * first * second, where 1 + head has nine bits, so that products with
// 14 bits of a factor are exact (derived here).
// The power of two is applied in two steps, so that a product with a large factor stays accurate
// where e^t alone would be subnormal.
struct MathExp {
    head: f32,
    tail: f32,
    first: f32,
    second: f32,
}

// r^2 / 2 + r^3 q(r) = e^r - 1 - r.
fn math_exp_curve(r: f32) -> f32 {
    let q = 0.16666514 + r * (0.041667342 + r * (0.008370055 + r * 0.0013860842));
    return r * r * (0.5 + r * q);
}

// t = n ln 2 + r + rest.
struct MathExpArgument {
    r: f32,
    rest: f32,
    // 2^n as a product
    first: f32,
    second: f32,
}

// Reduces hi + lo, where |lo| is at most about |hi| / 1000; hi is held in -174 .. 128.
fn math_exp_reduce(hi: f32, lo: f32) -> MathExpArgument {
    let t = clamp(hi, -174.0, 128.0);
    let n = round((t + lo) * MATH_LOG2_E);
    // The mask changes nothing, but keeps a compiler from adding up the two parts of ln 2.
    let rest = lo - math_mask(n, 0xffff0000u) * MATH_LN2_LO;
    let whole = i32(n);
    let half = whole >> 1u;
    return MathExpArgument(
        math_rounded(t - n * MATH_LN2_HI),
        rest,
        bitcast<f32>((half + 127) << 23u),
        bitcast<f32>((whole - half + 127) << 23u),
    );
}

// e^(r + rest) - 1 - head, for a head near r.
fn math_exp_tail(t: MathExpArgument, head: f32) -> f32 {
    let beyond = (t.r - head) + t.rest;
    return beyond + math_exp_curve(head + beyond);
}

// The pieces of e^(hi + lo), as reduced by math_exp_reduce.
fn math_exp_parts(hi: f32, lo: f32) -> MathExp {
    let t = math_exp_reduce(hi, lo);
    let head = round(t.r * 256.0) * 0.00390625;
    return MathExp(head, math_exp_tail(t, head), t.first, t.second);
}

// e^t in two parts, the first of nine bits.
// Measured: within 2^-24.9 for t in -69 .. 88 and results in 1e-30 .. 3.4e38.
fn math_exp_pair(e: MathExp) -> vec2<f32> {
    let scale = e.first * e.second;
    return vec2<f32>(scale * (1.0 + e.head), scale * e.tail);
}

// e^t without its power of two, which math_exp_scale applies.
fn math_exp_fraction(e: MathExp) -> f32 {
    return (1.0 + e.head) + e.tail;
}

fn math_exp_scale(e: MathExp, value: f32) -> f32 {
    return math_rounded(value * e.first) * e.second;
}

// e^t.
// Measured: within 0.9 ULP for t in -174 .. 128 and results in 1.1754944e-38 .. 3.4028235e38.
fn math_exp_value(e: MathExp) -> f32 {
    return math_exp_scale(e, math_exp_fraction(e));
}

// factor * e^t without its power of two, in two parts: the first 14 bits of factor make a product
// of 23 bits with 1 + head, in which the mask changes nothing.
fn math_exp_fraction_product(e: MathExp, factor: f32) -> vec2<f32> {
    let leading = 1.0 + e.head;
    let factor_hi = math_mask(factor, 0xfffffc00u);
    let product = math_mask(factor_hi * leading, 0xfffffffeu);
    return vec2<f32>(product, (factor - factor_hi) * leading + factor * e.tail);
}

// factor * e^t.
// Measured: within 1 ULP for t in -174 .. 128 and results in 1.1754944e-38 .. 3.4028235e38.
fn math_exp_times(e: MathExp, factor: f32) -> f32 {
    let product = math_exp_fraction_product(e, factor);
    return math_exp_scale(e, product.x + math_rounded(product.y));
}

// Measured: within 0.8 ULP for x in -87.33654 .. 88.72283.
fn math_exp(x: f32) -> f32 {
    return math_exp_value(math_exp_parts(x, 0.0));
}
