//! requires rest, sign, slope, two_product

// The product is carried in five parts: the bias cancels it near x = sqrt(-bias / scale). One too
// small for that is below any bias but 0.
fn forward(x: f32, p: Parameters) -> f32 {
    let positive = select(0.0, x, x > 0.0 && p.scale != 0.0);
    let plain = math_rounded(p.scale * positive) * positive + p.bias;
    let is_moderate = abs(plain) < 1e37;
    let moderate = select(0.0, positive, is_moderate);
    let scaled = math_two_product(p.scale, moderate);
    let square = math_three_product(scaled.x, moderate);
    let cross = math_two_product(scaled.y, moderate);
    let nearly = math_rounded(math_rounded(math_rounded(square.x + p.bias) + square.y) + square.z);
    let corrected = math_rounded(nearly + cross.x) + cross.y;
    return select(plain, corrected, abs(square.x) > 1e-22 && is_moderate);
}

// Of a square that vanishes beside the bias the sign still counts.
fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let positive = max(x, 0.0);
    let plain = math_rounded(p.scale * positive) * positive;
    let is_moderate = abs(plain) < 1e38;
    let scaled = math_two_product(p.scale, select(0.0, positive, is_moderate));
    let square = math_two_product(scaled.x, positive);
    let exact = vec2<f32>(square.x, square.y + scaled.y * positive);
    let rest = math_sum_rest(exact, vec2<f32>(p.bias, 0.0), y);
    let vanishing = math_rounded(p.bias - y) + math_with_sign(0x1p-40f * abs(p.bias), p.scale);
    let vanishes = abs(plain) < 0x1p-40f * abs(p.bias) && positive > 0.0 && p.scale != 0.0;
    return select(select(0.0, rest, is_moderate), vanishing, vanishes);
}

// The scale is doubled, as it has room to be: x could overflow, and a product could be flushed.
fn derivative(x: f32, p: Parameters) -> f32 {
    return math_slope(math_rounded(2.0 * p.scale), max(x, 0.0));
}

fn derivative_by_scale(x: f32, p: Parameters) -> f32 {
    return max(x, 0.0) * max(x, 0.0);
}

fn derivative_by_bias(x: f32, p: Parameters) -> f32 {
    return 1.0;
}
