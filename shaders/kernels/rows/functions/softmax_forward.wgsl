//! requires exp, quotient, two_product

// e^(x - largest) / sum.

struct Norm {
    largest: Number,
    factor: f32,
}

// From the sum of all shares but the largest element's.
fn norm_of(beside: vec2<f32>, largest: Number) -> Norm {
    let sum = sum_of(vec2<f32>(1.0, 0.0), beside);
    let hi = math_mask(sum.x, 0xfffff000u);
    // Where all elements are -infinity there is no sum, and every result is 0.
    let divisor = vec2<f32>(select(hi, 1.0, sum.x == 0.0), (sum.x - hi) + sum.y);
    return Norm(largest, math_quotient(vec2<f32>(1.0, 0.0), divisor));
}

fn result(rank: Rank, norm: Norm) -> f32 {
    let x = number_in(rank);
    let y = math_exp_times(exponential(x, norm.largest), norm.factor);
    return select(y, 0.0, is_same(rank, LEAST) || vanishes(x, norm.largest));
}
