//! requires gate, sign, tanh_shrink, two_product

// x - tanh x and tanh(x)^2: below 1 polynomials of x^2, where a difference would cancel; above,
// x - 1 + (1 - tanh x) and 1 - 1 / cosh(x)^2.
// Coefficients of the squared tanh: tools/coefficients.py, MATH_TANH_SQUARED.

fn forward(x: f32) -> f32 {
    let a = abs(x);
    let b = min(a, 1.0);
    let s = b * b;
    let small = b * (s * math_tanh_shrink_quotient(s));
    let large = math_rounded(a - 1.0) + math_gate(2.0, false, math_gate_parts(2.0 * min(a, 87.0), 0.0));
    return math_with_sign(select(large, small, a < 1.0), x);
}

fn derivative(x: f32) -> f32 {
    let b = min(abs(x), 1.0);
    let s = b * b;
    let high = 0.09682702 + s * (-0.044604823 + s * (0.017844532 + s * (-0.0052192863 + s * 0.0007816068)));
    let small = s + s * (s * (-0.6666663 + s * (0.3777669 + s * (-0.19670397 + s * high))));
    let large = 1.0 - math_gate_bell(vec2<f32>(4.0, 0.0), math_gate_parts(2.0 * clamp(x, -87.0, 87.0), 0.0));
    return select(large, small, abs(x) < 1.0);
}
