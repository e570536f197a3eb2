//! requires atan, quotient, two_product

fn forward(x: f32) -> f32 {
    return math_atan(x);
}

// 1 / (1 + x^2), a large x being scaled, so that the lesser part of the quotient is not flushed; beyond
// 2^63 it is below the smallest normal f32.
fn derivative(x: f32) -> f32 {
    let scale = select(1.0, 0x1p-32f, abs(x) > 0x1p32f);
    let scaled = math_divisor(min(abs(x), 0x1p63f) * scale);
    let square = vec2<f32>(scaled.x * scaled.x, scaled.y * (2.0 * scaled.x + scaled.y));
    let sum = math_two_sum(square.x, scale * scale);
    let divisor = math_divisor(sum.x);
    let slope = math_quotient(vec2<f32>(1.0, 0.0), vec2<f32>(divisor.x, divisor.y + (sum.y + square.y)));
    return select(slope * scale * scale, 0.0, abs(x) > 0x1p63f);
}
