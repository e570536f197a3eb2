//! requires normal_tail

fn forward(x: f32) -> f32 {
    let a = min(abs(x), 14.5);
    let ratio = math_mills_ratio(a);
    let factor = ratio.x / (MATH_SQRT_TWO_PI * ratio.y);
    let e = math_normal_parts(a);
    let below = math_exp_times(e, max(x, -14.5) * factor);
    return select(below, x * (1.0 - math_exp_times(e, factor)), x >= 0.0);
}

// Phi(-a) - a phi(a), and what it lacks to 1.
fn derivative(x: f32) -> f32 {
    let a = min(abs(x), 14.5);
    let ratio = math_mills_ratio(a);
    let factor = (ratio.x - a * ratio.y) / (MATH_SQRT_TWO_PI * ratio.y);
    let below = math_exp_times(math_normal_parts(a), factor);
    return select(below, 1.0 - below, x >= 0.0);
}
