//! requires two_product

// y * (g - sum of y * g).

// In two parts, because the terms may cancel.
fn term(y: f32, g: f32) -> vec2<f32> {
    let product = y * g;
    let is_exact = min(abs(product), min(abs(y), abs(g))) > 1e-22 && abs(product) < 1e38;
    return vec2<f32>(product, select(0.0, math_two_product(y, g).y, is_exact));
}

fn gradient(y: f32, g: f32, total: vec2<f32>) -> f32 {
    let difference = math_two_sum(g, -total.x);
    return y * (difference.x + (difference.y - total.y));
}
