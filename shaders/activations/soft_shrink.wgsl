//! requires rest, sign

// With the sign of x also where it is 0: the function is odd.
fn forward(x: f32, p: Parameters) -> f32 {
    return math_with_sign(max(abs(x) - p.lambda, 0.0), x);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let shift = -math_with_sign(p.lambda, x);
    let rest = math_sum_rest(vec2<f32>(x, 0.0), vec2<f32>(shift, 0.0), y);
    return select(0.0, rest, abs(x) > p.lambda);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}

fn derivative_by_lambda(x: f32, p: Parameters) -> f32 {
    return select(0.0, select(1.0, -1.0, x > 0.0), abs(x) > p.lambda);
}
