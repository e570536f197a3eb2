//! requires gate

// x (1 + tanh z) / 2 = x / (1 + e^-2z) with 2z = x w and w = LINEAR + CUBIC x^2.
// LINEAR = 2 sqrt(2 / pi) and CUBIC = 0.044715 LINEAR, each in two parts.
const LINEAR_HI: f32 = 1.595703125;
const LINEAR_LO: f32 = 0.0000659966;
const CUBIC_HI: f32 = 0.07135009765625;
const CUBIC_LO: f32 = 0.0000047186163;

// The pieces of e^-|2z| for 0 <= a <= 12. All that is carried in the high part is of 12 bits, so that
// products are exact; what the masks cut off is gathered in the low part.
fn argument_parts(a: f32) -> MathExp {
    let a_hi = math_mask(a, 0xfffff000u);
    let square = a * a;
    let square_hi = math_mask(square, 0xfffff000u);
    let square_lo = (a_hi * a_hi - square_hi) + (a - a_hi) * (a + a_hi);
    let w_hi = math_mask(LINEAR_HI + CUBIC_HI * square_hi, 0xfffff000u);
    let w_lo = ((LINEAR_HI - w_hi) + CUBIC_HI * square_hi)
        + (LINEAR_LO + (CUBIC_HI * square_lo + CUBIC_LO * square));
    return math_gate_parts(a_hi * w_hi, (a - a_hi) * w_hi + a * w_lo);
}

fn forward(x: f32) -> f32 {
    let e = argument_parts(min(abs(x), 12.0));
    return math_gate(max(x, -12.0), x >= 0.0, e);
}

fn derivative(x: f32) -> f32 {
    let bounded = clamp(x, -12.0, 12.0);
    let square = bounded * bounded;
    let weight = bounded * (1.5957692 + 3.0 * 0.071354814 * square);
    return math_gate_slope(weight, x >= 0.0, argument_parts(abs(bounded)));
}
