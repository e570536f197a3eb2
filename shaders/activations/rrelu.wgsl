//! requires rest, slope, two_product

// Evaluation mode: the mean of the slopes that training draws from.
fn mean_slope(p: Parameters) -> f32 {
    return 0.5 * p.lower + 0.5 * p.upper;
}

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_slope(mean_slope(p), select(x, 0.0, x > 0.0)), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(mean_slope(p), 1.0, x > 0.0);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let slope = math_two_sum(0.5 * p.lower, 0.5 * p.upper);
    return select(math_product_rest(slope, x, y), 0.0, x > 0.0);
}

fn derivative_by_lower(x: f32, p: Parameters) -> f32 {
    return 0.5 * min(x, 0.0);
}

fn derivative_by_upper(x: f32, p: Parameters) -> f32 {
    return derivative_by_lower(x, p);
}
