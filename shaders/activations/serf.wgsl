//! requires exp, near_zero

// erf(softplus(x)) is, for x < 0, e = e^x times a polynomial of e; for x >= 0 it is 1 - e^-Q(x) with a
// polynomial Q, so that either way one exponential does. The derivative is made alike.
// Coefficients: tools/coefficients.py, SERF_QUOTIENT, SERF_BELL, SERF_EXPONENT and SERF_SLOPE.

// erf(ln(1 + e)) / e - 1 for e = d + 1/2 in 0 .. 1.
fn quotient_excess(d: f32) -> f32 {
    let high = -0.02451214 + d * (0.013091297 + d * (-0.0061955084 + d * 0.0019395071));
    let middle = 0.00073043245 + d * (-0.04140191 + d * (0.03818423 + d * high));
    return -0.13272849 + d * (-0.45811912 + d * (0.14573413 + d * middle));
}

// The derivative of erf(ln(1 + e)) by e, less 1.
fn bell_excess(d: f32) -> f32 {
    let high = -0.12628242 + d * (0.08180023 + d * (-0.045749504 + d * 0.017038548));
    let middle = -0.079844296 + d * (-0.111486904 + d * (0.15512304 + d * high));
    return -0.36178803 + d * (-0.77050495 + d * (0.43829578 + d * middle));
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
    let below = bounded + bounded * quotient_excess(math_exp_value(e) - 0.5);
    let y = max(x, 0.0) + math_exp_times(e, select(below, -bounded, x >= 0.0));
    return math_near_zero(x, 0.6730413, y);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -174.0, 4.5);
    let e = parts(bounded);
    let d = math_exp_value(e) - 0.5;
    let below = (1.0 + quotient_excess(d)) + (bounded + bounded * bell_excess(d));
    let above = -slope(max(bounded, 0.0));
    return select(0.0, 1.0, x >= 0.0) + math_exp_times(e, select(below, above, x >= 0.0));
}
