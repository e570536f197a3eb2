//! requires two_product

// What is left of a result in several parts when y, within a few ULP of it, is taken off: its sign tells
// on which side of y the exact result lies.

// a + b - y.
fn math_sum_rest(a: vec2<f32>, b: vec2<f32>, y: f32) -> f32 {
    let sum = math_two_sum(a.x, b.x);
    return math_rounded(sum.x - y) + (sum.y + (a.y + b.y));
}

// a x - y, enlarged where its parts could be flushed.
fn math_product_rest(a: vec2<f32>, x: f32, y: f32) -> f32 {
    let scale = select(1.0, 0x1p64f, abs(x) < 1.0);
    let product = math_two_product(a.x, x * scale);
    return math_rounded(product.x - y * scale) + (product.y + a.y * math_rounded(x * scale));
}
