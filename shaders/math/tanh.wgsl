//! requires expm1

// tanh t = u / (u + 2) with u = e^2t - 1, for t >= 0: one formula for all t, accurate near 0 too.

// u for 2t = hi + lo, held where tanh is 1.
fn math_tanh_argument(hi: f32, lo: f32) -> f32 {
    return math_expm1(min(hi, 20.0), lo);
}

// The tanh of half of t, which is not negative.
fn math_tanh_half(t: f32) -> f32 {
    let u = math_tanh_argument(t, 0.0);
    return u / (u + 2.0);
}

// magnitude with the sign of x, that of a zero too.
fn math_with_sign(magnitude: f32, x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(magnitude) | (bitcast<u32>(x) & 0x80000000u));
}
