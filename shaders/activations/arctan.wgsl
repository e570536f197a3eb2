//! requires atan, quotient, two_product

fn forward(x: f32) -> f32 {
    return math_atan(x);
}

// 1 / (1 + x^2), from the square in two parts; beyond 2^63 it is below the smallest normal f32. It is
// computed enlarged, so that no part of it is flushed.
fn derivative(x: f32) -> f32 {
    let a = min(abs(x), 0x1p63f);
    let hi = math_mask(a, 0xfffff000u);
    let square = hi * hi;
    let rest = (a - hi) * (a + hi);
    let divisor = math_divisor_sum(max(square, 1.0), vec2<f32>(min(square, 1.0), rest));
    let slope = math_quotient(vec2<f32>(0x1p32f, 0.0), divisor) * 0x1p-32f;
    return select(slope, 0.0, abs(x) > 0x1p63f);
}
