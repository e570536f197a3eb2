//! requires atan, two_product

fn forward(x: f32) -> f32 {
    return math_atan(x);
}

// 1 / (1 + x^2), the sum in two parts; beyond 2^63 it is below the smallest normal f32.
fn derivative(x: f32) -> f32 {
    let bounded = min(abs(x), 0x1p63f);
    let square = math_two_product(bounded, bounded);
    let sum = math_two_sum(square.x, 1.0);
    let slope = 1.0 / sum.x;
    let corrected = slope - slope * ((sum.y + square.y) * slope);
    return select(corrected, 0.0, abs(x) > 0x1p63f);
}
