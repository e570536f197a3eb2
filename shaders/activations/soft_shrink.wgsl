//! requires sign

// With the sign of x also where it is 0: the function is odd.
fn forward(x: f32, p: Parameters) -> f32 {
    return math_with_sign(max(abs(x) - p.lambda, 0.0), x);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}

fn derivative_by_lambda(x: f32, p: Parameters) -> f32 {
    return select(0.0, select(1.0, -1.0, x > 0.0), abs(x) > p.lambda);
}
