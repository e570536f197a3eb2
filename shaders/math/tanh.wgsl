//! requires expm1

// tanh t = u / (u + 2) with u = e^2t - 1, for t >= 0: one formula for all t, accurate near 0 too.

// The tanh of half of hi + lo, which is not negative.
fn math_tanh_half(hi: f32, lo: f32) -> f32 {
    let u = math_expm1(min(hi, 20.0), lo);
    return u / (u + 2.0);
}

// magnitude with the sign of x, that of a zero too.
fn math_with_sign(magnitude: f32, x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(magnitude) | (bitcast<u32>(x) & 0x80000000u));
}
