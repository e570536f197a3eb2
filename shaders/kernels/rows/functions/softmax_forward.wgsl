//! requires exp, quotient, two_product

// e^(scale * (x - largest)) / sum.

struct Norm {
    largest: f32,
    factor: f32,
}

// From the sum of all shares but the largest element's.
fn norm_of(beside: vec2<f32>, largest: f32) -> Norm {
    let sum = sum_of(vec2<f32>(1.0, 0.0), beside);
    let hi = math_mask(sum.x, 0xfffff000u);
    // Where all elements are -infinity there is no sum, and every result is 0.
    let divisor = vec2<f32>(select(hi, 1.0, sum.x == 0.0), (sum.x - hi) + sum.y);
    return Norm(largest, math_quotient(vec2<f32>(1.0, 0.0), divisor));
}

fn result(x: f32, norm: Norm) -> f32 {
    let key = key_of(x);
    let finite = number_of(key);
    let y = math_exp_times(exponential(finite, norm.largest), norm.factor);
    return select(y, 0.0, key == MINUS_INFINITY || vanishes(finite, norm.largest));
}
