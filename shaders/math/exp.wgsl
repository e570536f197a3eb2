//! requires two_product

// e^t = 2^n e^r with |r| <= ln 2 / 2, and e^r = 1 + r + r^2 q(r), q of degree 4 on +-0.36.
// The argument comes in two parts, because a rounded argument of 87 costs 60 ULP.
// Coefficients: tools/coefficients.py, MATH_EXP.

// e^t in pieces: (1 + remainder + curve) * first * second.
// The power of two is applied in two steps, so that a product with a large factor stays accurate
// where e^t alone would be subnormal.
struct MathExp {
    remainder: f32,
    curve: f32,
    first: f32,
    second: f32,
}

// The pieces of e^(hi + lo), where |lo| is at most about |hi| / 1000; hi is held in -174 .. 128.
fn math_exp_parts(hi: f32, lo: f32) -> MathExp {
    let t = clamp(hi, -174.0, 128.0);
    let n = round((t + lo) * 1.442695);
    // 355/512 has nine bits, so that n * 355/512 is exact. The mask changes nothing, but keeps a
    // compiler from adding up the two parts of ln 2.
    let rest = math_mask(n, 0xffff0000u) * -0.00021219444;
    let r = ((t - n * 0.693359375) + lo) - rest;
    let q = 0.4999999 + r * (0.16666499 + r * (0.04166881 + r * (0.008371332 + r * 0.0013802066)));
    let whole = i32(n);
    let half = whole >> 1u;
    let first = bitcast<f32>((half + 127) << 23u);
    let second = bitcast<f32>((whole - half + 127) << 23u);
    return MathExp(r, r * r * q, first, second);
}

// factor * e^t.
fn math_exp_times(e: MathExp, factor: f32) -> f32 {
    return ((factor * (1.0 + (e.remainder + e.curve))) * e.first) * e.second;
}

// e^t.
fn math_exp_value(e: MathExp) -> f32 {
    return ((1.0 + (e.remainder + e.curve)) * e.first) * e.second;
}

fn math_exp(x: f32) -> f32 {
    return math_exp_value(math_exp_parts(x, 0.0));
}
