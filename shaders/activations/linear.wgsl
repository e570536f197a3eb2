//! requires rest, slope

fn forward(x: f32, p: Parameters) -> f32 {
    return math_slope(p.slope, x);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return p.slope;
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    return math_product_rest(vec2<f32>(p.slope, 0.0), x, y);
}

fn derivative_by_slope(x: f32, p: Parameters) -> f32 {
    return x;
}
