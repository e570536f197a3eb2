//! requires rest, slope

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_slope(p.negative_slope, select(x, 0.0, x > 0.0)), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(p.negative_slope, 1.0, x > 0.0);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let rest = math_product_rest(vec2<f32>(p.negative_slope, 0.0), x, y);
    return select(rest, 0.0, x > 0.0);
}

fn derivative_by_negative_slope(x: f32, p: Parameters) -> f32 {
    return min(x, 0.0);
}
