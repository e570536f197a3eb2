//! requires inverse_sqrt, quotient, rest, two_product

// x^2 + 1 of x bounded to where x^2 no longer feels the 1.
fn bounded(x: f32) -> f32 {
    return clamp(x, -0x1p40f, 0x1p40f);
}

fn radicand(x: f32) -> f32 {
    return bounded(x) * bounded(x) + 1.0;
}

// root - 1 = x^2 / (root + 1), which cancels nothing, and x is taken out of the sum: what is left
// lies between 1/2 and 3/2, for an infinite x too.
fn forward(x: f32) -> f32 {
    let root = math_times(radicand(x), math_inverse_sqrt(radicand(x), 0.0));
    let quotient = math_quotient(vec2<f32>(bounded(x), 0.0), math_divisor(root + 1.0));
    return x * (1.0 + 0.5 * quotient);
}

fn derivative(x: f32) -> f32 {
    return 1.0 + 0.5 * math_times(bounded(x), math_inverse_sqrt(radicand(x), 0.0));
}

// x + (abs(x) - 1) / 2 + 1 / (4 abs(x)) - y, for an x so large that the next term is of no account.
fn forward_rest(x: f32, y: f32) -> f32 {
    let size = clamp(abs(x), 64.0, 3.4028234e38);
    let line = math_two_sum(x, 0.5 * size);
    let rest = math_sum_rest(line, vec2<f32>(-0.5, 0.25 / size), y);
    return select(0.0, rest, abs(x) >= 64.0);
}
