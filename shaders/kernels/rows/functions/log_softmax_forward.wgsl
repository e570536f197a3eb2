//! requires log, two_product

// (x - largest) - ln sum.

struct Norm {
    largest: Number,
    logarithm: vec2<f32>,
}

// From the sum of all shares but the largest element's.
fn norm_of(beside: vec2<f32>, largest: Number) -> Norm {
    let sum = sum_of(vec2<f32>(1.0, 0.0), beside);
    // Where all elements are -infinity there is no sum, and every result is -infinity.
    let bounded = max(sum.x, 1.0);
    let logarithm = math_log_parts(bounded);
    return Norm(largest, vec2<f32>(logarithm.x, logarithm.y + sum.y / bounded));
}

fn result(rank: Rank, norm: Norm) -> f32 {
    let x = number_in(rank);
    let is_infinite = is_same(rank, LEAST) || is_below(x, norm.largest, LARGEST);
    let d = difference(select(x, norm.largest, is_infinite), norm.largest);
    let sum = math_two_sum(d.x, -norm.logarithm.x);
    let minus_infinity = bitcast<f32>(0xff800000u | (bitcast<u32>(key_in(rank)) & 0x80000000u));
    return select(sum.x + (sum.y + (d.y - norm.logarithm.y)), minus_infinity, is_infinite);
}
