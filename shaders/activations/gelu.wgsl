//! requires normal_tail

// x Phi(x) = max(x, 0) - |x| Phi(-|x|).
fn forward(x: f32) -> f32 {
    let a = min(abs(x), 14.5);
    let tail = math_normal_tail(a);
    return max(x, 0.0) - math_exp_times(math_normal_parts(a), a * (tail.x / tail.y));
}

// Phi(-a) - a phi(a), or what it lacks to 1.
fn derivative(x: f32) -> f32 {
    let a = min(abs(x), 14.5);
    let tail = math_normal_tail(a);
    let below = math_exp_times(math_normal_parts(a), tail.x / tail.y - 0.3989423 * a);
    return select(below, 1.0 - below, x >= 0.0);
}
