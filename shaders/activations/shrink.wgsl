//! requires rest, sign

// Between the thresholds 0 with the sign of x: the function is odd.
fn forward(x: f32, p: Parameters) -> f32 {
    let zero = math_with_sign(0.0, x);
    return select(select(zero, x - p.bias, x > p.lambda), x + p.bias, x < -p.lambda);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let shift = select(p.bias, -p.bias, x > 0.0);
    let rest = math_sum_rest(vec2<f32>(x, 0.0), vec2<f32>(shift, 0.0), y);
    return select(0.0, rest, abs(x) > p.lambda);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}

// A jump: f does not change with it elsewhere.
fn derivative_by_lambda(x: f32, p: Parameters) -> f32 {
    return 0.0;
}

fn derivative_by_bias(x: f32, p: Parameters) -> f32 {
    return select(0.0, select(1.0, -1.0, x > 0.0), abs(x) > p.lambda);
}
