//! requires argument, exp, near_zero

fn parts(x: f32) -> MathExp {
    let square = math_squared_argument(x);
    return math_exp_parts(-square.x, -square.y);
}

fn forward(x: f32) -> f32 {
    return math_exp_value(parts(clamp(x, -13.0, 13.0)));
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -13.0, 13.0);
    return math_near_zero(bounded, -2.0, math_exp_times(parts(bounded), -2.0 * bounded));
}
