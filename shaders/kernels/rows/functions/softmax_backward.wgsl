//! requires two_product

// factor * y * (g - sum of y * g).

// In two parts, because the terms may cancel.
fn term(y: f32, g: f32) -> vec2<f32> {
    let product = y * g;
    let is_exact = min(abs(product), min(abs(y), abs(g))) > 1e-22 && abs(product) < 1e38;
    return vec2<f32>(product, select(0.0, math_two_product(y, g).y, is_exact));
}

// The factor comes first where it enlarges: a product below the normal numbers may be flushed, though
// its multiple is one of them. What is no share waits, lest it overflow.
fn gradient(y: f32, g: f32, total: vec2<f32>, factor: f32) -> f32 {
    let difference = math_two_sum(g, -total.x);
    let is_first = abs(factor) > 1.0 && abs(y) <= 1.0;
    let weight = math_rounded(y * select(1.0, factor, is_first));
    let rest = difference.x + (difference.y - total.y);
    return select(weight * rest * select(factor, 1.0, is_first), y, key_of(y) > INFINITY);
}
