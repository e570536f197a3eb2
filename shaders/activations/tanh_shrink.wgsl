//! requires gate, tanh

// x - tanh x: below 1 a polynomial, where the difference would cancel; else x - 1 + (1 - tanh x).
// Coefficients: tools/coefficients.py, MATH_TANH_SHRINK.

fn forward(x: f32) -> f32 {
    let a = abs(x);
    let b = min(a, 1.0);
    let s = b * b;
    let high = -0.021915365 + s * (0.00893242 + s * (-0.0035389154 + s * (0.0011581713 + s * -0.00020824959)));
    let small = b * (s * (0.33333334 + s * (-0.13333413 + s * (0.053978562 + s * high))));
    let large = (a - 1.0) + math_gate(2.0, false, math_gate_parts(2.0 * a, 0.0));
    return math_with_sign(select(large, small, a < 1.0), x);
}

fn derivative(x: f32) -> f32 {
    let y = math_tanh_half(2.0 * abs(x), 0.0);
    return y * y;
}
