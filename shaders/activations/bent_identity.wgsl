//! requires inverse_sqrt, quotient, two_product

// Beyond, x^2 no longer feels the 1.
fn bounded(x: f32) -> f32 {
    return clamp(x, -0x1p40f, 0x1p40f);
}

fn radicand(x: f32) -> f32 {
    return bounded(x) * bounded(x) + 1.0;
}

// x + (abs(x) - 1) / 2 + 1 / (4 abs(x)), for an x so large that the next term is of no account.
fn far(x: f32) -> vec2<f32> {
    let size = clamp(abs(x), 64.0, 3.4028234e38);
    let line = math_two_sum(clamp(x, -2e38, 2e38), 0.5 * min(size, 2e38));
    return vec2<f32>(line.x, line.y + (0.25 / size - 0.5));
}

// root - 1 = x^2 / (root + 1), which cancels nothing, and x is taken out of the sum: what is left
// lies between 1/2 and 3/2, for an infinite x too.
fn forward(x: f32) -> f32 {
    let root = math_times(radicand(x), math_inverse_sqrt(radicand(x), 0.0));
    let quotient = math_quotient(vec2<f32>(bounded(x), 0.0), math_divisor(root + 1.0));
    let line = far(x);
    let is_far = abs(x) >= 64.0 && abs(x) < 2e38;
    return select(x * (1.0 + 0.5 * quotient), line.x + line.y, is_far);
}

fn derivative(x: f32) -> f32 {
    return 1.0 + 0.5 * math_times(bounded(x), math_inverse_sqrt(radicand(x), 0.0));
}

fn forward_rest(x: f32, y: f32) -> f32 {
    let line = far(x);
    return select(0.0, math_rounded(line.x - y) + line.y, abs(x) >= 64.0);
}
