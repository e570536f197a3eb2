//! requires two_product, slope

// The product is carried in two parts: the bias cancels it near x = sqrt(-bias / scale). One too
// small for that is below any bias but 0.
fn forward(x: f32, p: Parameters) -> f32 {
    let positive = select(0.0, x, x > 0.0 && p.scale != 0.0);
    let plain = math_rounded(p.scale * positive) * positive + p.bias;
    let is_moderate = abs(plain) < 1e37;
    let moderate = select(0.0, positive, is_moderate);
    let scaled = math_two_product(p.scale, moderate);
    let square = math_two_product(scaled.x, moderate);
    let corrected = math_rounded(square.x + p.bias) + (square.y + scaled.y * moderate);
    return select(plain, corrected, abs(square.x) > 1e-22 && is_moderate);
}

// The scale is doubled, as it has room to be: x could overflow, and a product could be flushed.
fn derivative(x: f32, p: Parameters) -> f32 {
    return math_slope(math_rounded(2.0 * p.scale), max(x, 0.0));
}
