//! requires near_zero, quotient

// 1 + |x| for an |x| below 2^64.
fn divisor(x: f32) -> vec2<f32> {
    let a = abs(x);
    return math_divisor_sum(max(a, 1.0), vec2<f32>(min(a, 1.0), 0.0));
}

// Bounded where the result is 1, so that an infinity gives its limit and not inf / inf.
fn forward(x: f32) -> f32 {
    let bounded = clamp(x, -0x1p30f, 0x1p30f);
    return math_near_zero(x, 1.0, math_quotient(vec2<f32>(bounded, 0.0), divisor(bounded)));
}

// 1 / (1 + |x|)^2, beyond 2^63 below the smallest normal f32; enlarged, so that no part of it is flushed.
fn derivative(x: f32) -> f32 {
    let square = math_divisor_squared(divisor(min(abs(x), 0x1p63f)));
    let slope = math_quotient(vec2<f32>(0x1p32f, 0.0), square) * 0x1p-32f;
    return select(slope, 0.0, abs(x) > 0x1p63f);
}
