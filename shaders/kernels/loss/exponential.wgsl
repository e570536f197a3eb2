//! requires exp, two_product

// Whether e^(x - shift) is 0.
fn vanishes(x: f32, shift: f32) -> bool {
    return 0.5 * x - 0.5 * shift < -60.0;
}

// The pieces of e^(x - shift), or of 1 where that vanishes.
fn exponential(x: f32, shift: f32) -> MathExp {
    let d = math_two_sum(select(x, shift, vanishes(x, shift)), -shift);
    return math_exp_parts(d.x, d.y);
}

