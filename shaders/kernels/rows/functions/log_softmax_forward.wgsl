//! requires log, two_product

// scale * (x - largest) - ln sum.

struct Norm {
    largest: f32,
    logarithm: vec2<f32>,
}

// From the sum of all shares but the largest element's.
fn norm_of(beside: vec2<f32>, largest: f32) -> Norm {
    let sum = sum_of(vec2<f32>(1.0, 0.0), beside);
    // Where all elements are -infinity there is no sum, and every result is -infinity.
    let bounded = max(sum.x, 1.0);
    let logarithm = math_log_parts(bounded);
    return Norm(largest, vec2<f32>(logarithm.x, logarithm.y + sum.y / bounded));
}

fn result(x: f32, norm: Norm) -> f32 {
    let key = key_of(x);
    let overflows = half_difference(number_of(key), norm.largest) < -0.5 * LARGEST;
    let is_infinite = key == MINUS_INFINITY || overflows;
    let d = difference(select(number_of(key), norm.largest, is_infinite), norm.largest);
    let sum = math_two_sum(d.x, -norm.logarithm.x);
    let minus_infinity = bitcast<f32>(0xff800000u | (bitcast<u32>(x) & 0x80000000u));
    return select(sum.x + (sum.y + (d.y - norm.logarithm.y)), minus_infinity, is_infinite);
}
