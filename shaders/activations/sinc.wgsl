//! requires quotient, sin_cos, trig_reduction

// (x cos x - sin x) / x^2 = x D(x^2) for abs(x) < 1.5, where the difference would cancel; minimax
// polynomial from tools/coefficients_trig.py, relative error 2^-25.
const SINC_0: f32 = -3.3333334e-01;
const SINC_1: f32 = 3.3333465e-02;
const SINC_2: f32 = -1.1907532e-03;
const SINC_3: f32 = 2.2229045e-05;
const SINC_4: f32 = -2.8446388e-07;

// y / x, a large x being scaled, so that no part of the quotient is flushed.
fn over(y: f32, x: f32) -> f32 {
    let scale = select(1.0, 0x1p-64f, abs(x) > 0x1p64f);
    let scaled = clamp(x * scale, -0x1p90f, 0x1p90f);
    return math_quotient(vec2<f32>(y, 0.0), math_divisor(scaled)) * scale;
}

fn forward(x: f32) -> f32 {
    let near_zero = abs(x) < 0x1p-13f;
    let sine = math_sin_angle(math_reduce(x), 0u);
    return select(over(sine, select(x, 1.0, near_zero)), 1.0, near_zero);
}

fn derivative(x: f32) -> f32 {
    let near_zero = abs(x) < 1.5;
    let near = clamp(x, -1.5, 1.5);
    let z = near * near;
    let series = near * (SINC_0 + z * (SINC_1 + z * (SINC_2 + z * (SINC_3 + z * SINC_4))));
    let far = select(x, 1.5, near_zero);
    let angle = math_reduce(x);
    let difference = math_sin_angle(angle, 1u) - over(math_sin_angle(angle, 0u), far);
    return select(over(difference, far), series, near_zero);
}
