//! requires exp, near_zero, normal_tail, two_product

// 1 / sqrt(2 pi) in two parts.
const PEAK_HI: f32 = 0.3984375;
const PEAK_LO: f32 = 0.0005047804;

// x Phi(x) = max(x, 0) - a Phi(-a) with a = |x|. From a = 2 on, a times Mills' ratio is taken from its
// distance T / (a P + T) to 1, whose own error then counts little.
fn forward(x: f32) -> f32 {
    let a = min(abs(x), 14.5);
    let near = min(a, 2.0) * math_normal_near(min(a, 2.0));
    let b = max(a, 2.0);
    let terms = math_mills_terms(b);
    let ratio = 1.0 - terms.y / (b * terms.x + terms.y);
    let factor = select(near, PEAK_HI * ratio + PEAK_LO * ratio, a > 2.0);
    let y = max(x, 0.0) - math_exp_times(math_normal_parts(a), factor);
    return math_near_zero(x, 0.5, y);
}

// Phi(-a) - a phi(a), or what it lacks to 1; from a = 2 on phi(a) times Mills' ratio less a, whose own
// error counts little beside a. From 15 on it is below any f32.
fn derivative(x: f32) -> f32 {
    let a = min(abs(x), 15.0);
    let near = math_rounded(math_normal_near(min(a, 2.0)) - PEAK_HI * a) - PEAK_LO * a;
    let b = max(a, 2.0);
    let distance = math_mills_ratio(b) - b;
    let factor = select(near, PEAK_HI * distance + PEAK_LO * distance, a > 2.0);
    let below = math_exp_times(math_normal_parts(a), factor);
    return select(below, 1.0 - below, x >= 0.0);
}
