//! requires exp, expm1, rest

fn forward(x: f32, p: Parameters) -> f32 {
    return select(math_expm1_times(min(x, 0.0), 0.0, p.alpha), x, x > 0.0);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(math_exp_times(math_exp_parts(min(x, 0.0), 0.0), p.alpha), 1.0, x > 0.0);
}

// alpha x (1 + x / 2) - y, for an x so small that the next term is of no account. Of the second term
// the sign still counts where it vanishes.
fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let rest = math_product_rest(vec2<f32>(p.alpha, p.alpha * min(0.5 * x, -0x1p-40f)), x, y);
    return select(0.0, rest, x < 0.0 && x > -0x1p-12f);
}

fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    return select(math_expm1(min(x, 0.0), 0.0), 0.0, x > 0.0);
}
