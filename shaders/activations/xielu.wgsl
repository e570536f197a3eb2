//! requires expm1, expm1mx

// Below -1 the linear terms are gathered, so that they cannot be infinite with opposite signs.
fn forward(x: f32, p: Parameters) -> f32 {
    let positive = (p.alpha_positive * x + p.beta) * x;
    let near = p.alpha_negative * math_expm1mx(clamp(x, -1.5, 0.0)) + p.beta * max(x, -1.5);
    let slope = p.beta - p.alpha_negative;
    let far = p.alpha_negative * math_expm1(min(x, 0.0), 0.0) + slope * select(x, 0.0, slope == 0.0);
    return select(select(far, near, x > -1.0), positive, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let negative = p.alpha_negative * math_expm1(min(x, 0.0), 0.0) + p.beta;
    return select(negative, 2.0 * p.alpha_positive * x + p.beta, x > 0.0);
}
