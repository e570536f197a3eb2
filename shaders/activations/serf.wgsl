//! requires exp, near_zero

// erf(softplus(x)) is, for x < 0, e = e^x times a polynomial of e; for x >= 0 it is 1 - e^-Q(x) with a
// polynomial Q, so that either way one exponential does. The derivative is made alike.
// Coefficients: tools/coefficients.py, SERF_QUOTIENT, SERF_BELL, SERF_EXPONENT and SERF_SLOPE.

// erf(ln(1 + e)) / e - 1 for e in 0 .. 1.
fn quotient_excess(e: f32) -> f32 {
    let high = 0.05365112 + e * (-0.014242431 + e * 0.0018296209);
    let middle = -0.32011297 + e * (0.2374914 + e * (-0.13189864 + e * high));
    return 0.12837917 + e * (-0.5641895 + e * (-0.0000024700607 + e * (0.282136 + e * middle)));
}

// The derivative of erf(ln(1 + e)) by e, less 1.
fn bell_excess(e: f32) -> f32 {
    let high = 0.41774362 + e * (-0.1221027 + e * 0.016947638);
    let middle = -1.5980612 + e * (1.4179132 + e * (-0.91156745 + e * high));
    return 0.12837918 + e * (-1.1283811 + e * (0.000045019933 + e * (1.1280369 + e * middle)));
}

// Q for x in 0 .. 4.5.
fn exponent(x: f32) -> f32 {
    let high = 0.000771516 + x * (-0.00012649657 + x * 0.0000075884486);
    let middle = 0.0051977267 + x * (-0.0026672056 + x * (-0.0015875073 + x * high));
    return 1.1179214 + x * (1.067272 + x * (0.466427 + x * (0.10700033 + x * middle)));
}

// (1 - f'(x)) e^Q(x) for x in 0 .. 4.5.
fn slope(x: f32) -> f32 {
    let high = -0.0053317817 + x * (0.0009915219 + x * -0.00006592719);
    let middle = -0.020818414 + x * (0.013427954 + x * (0.009411605 + x * high));
    return 1.0 + x * (-1.0672725 + x * (-0.93284935 + x * (-0.32100672 + x * middle)));
}

// The pieces of e^x for x < 0, else of e^-Q(x).
fn parts(x: f32) -> MathExp {
    return math_exp_parts(select(x, -exponent(max(x, 0.0)), x >= 0.0), 0.0);
}

fn forward(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let e = parts(bounded);
    let below = bounded + bounded * quotient_excess(math_exp_value(e));
    let y = max(x, 0.0) + math_exp_times(e, select(below, -bounded, x >= 0.0));
    return math_near_zero(x, 0.6730413, y);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let e = parts(bounded);
    let value = math_exp_value(e);
    let below = (1.0 + quotient_excess(value)) + (bounded + bounded * bell_excess(value));
    let above = -slope(max(bounded, 0.0));
    return select(0.0, 1.0, x >= 0.0) + math_exp_times(e, select(below, above, x >= 0.0));
}
