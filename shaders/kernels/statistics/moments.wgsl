//! requires two_product

// How many numbers there are, and the sums from which their mean and variance follow, in two parts and in
// an order that does not change.

struct Moments {
    finite: u32,
    nan: u32,
    infinite: u32,
    // Those of which something holds besides: zeros, or saturated.
    marked: u32,
    // What the sums count from: one of the numbers, so that no digits cancel where the mean is large and
    // the spread is small.
    shift: f32,
    // That of the largest magnitude, as f32 has it: the sums are of numbers divided by this power of two,
    // so that no square overflows, nor vanishes beside the others.
    exponent: u32,
    sum: vec2<f32>,
    squares: vec2<f32>,
    minimum: f32,
    maximum: f32,
}

// 2^(exponent - 127), and 0 where f32 has no such number above 0.
fn power_of_two(exponent: i32) -> f32 {
    return bitcast<f32>(u32(clamp(exponent, 0, 254)) << 23u);
}

// a + b, each in two parts.
fn pair_sum(a: vec2<f32>, b: vec2<f32>) -> vec2<f32> {
    let sum = math_two_sum(a.x, b.x);
    return math_ordered_sum(sum.x, sum.y + (a.y + b.y));
}

fn rescaled(moments: Moments, exponent: u32) -> Moments {
    var all = moments;
    let ratio = power_of_two(127 + i32(moments.exponent) - i32(exponent));
    all.exponent = exponent;
    all.sum = moments.sum * ratio;
    all.squares = moments.squares * ratio * ratio;
    return all;
}

// x - shift, divided by the power of two.
fn distance_between(shift: f32, x: f32, exponent: u32) -> vec2<f32> {
    let scale = power_of_two(254 - i32(exponent));
    return math_two_sum(x * scale, -(shift * scale));
}

fn with_number(moments: Moments, x: f32, is_marked: bool) -> Moments {
    var all = moments;
    let magnitude = bitcast<u32>(x) & 0x7fffffffu;
    all.marked += select(0u, 1u, is_marked);
    if magnitude >= 0x7f800000u {
        let is_infinite = magnitude == 0x7f800000u;
        all.infinite += select(0u, 1u, is_infinite);
        all.nan += select(1u, 0u, is_infinite);
        return all;
    }
    if all.finite == 0u {
        all.shift = x;
        all.minimum = x;
        all.maximum = x;
    }
    all.finite += 1u;
    let exponent = clamp(magnitude >> 23u, 1u, 253u);
    if exponent > all.exponent {
        all = rescaled(all, exponent);
    }
    let distance = distance_between(all.shift, x, all.exponent);
    all.sum = pair_sum(all.sum, distance);
    all.squares = pair_sum(all.squares, math_pair_product(distance, distance));
    all.minimum = min(all.minimum, x);
    all.maximum = max(all.maximum, x);
    return all;
}

// All numbers of both, counted from the shift of the first:
// sum (x - s)^2 = sum (x - t)^2 + (t - s) (2 sum (x - t) + n (t - s)).
fn merged(first: Moments, second: Moments) -> Moments {
    let exponent = max(first.exponent, second.exponent);
    let a = rescaled(first, exponent);
    let b = rescaled(second, exponent);
    var all = a;
    if a.finite == 0u {
        all = b;
    } else if b.finite > 0u {
        let distance = distance_between(a.shift, b.shift, exponent);
        let upper = f32(b.finite >> 12u) * 4096.0;
        let count = math_two_sum(upper, f32(b.finite & 0xfffu));
        let moved = math_pair_product(distance, count);
        let both = pair_sum(2.0 * b.sum, moved);
        all.sum = pair_sum(a.sum, pair_sum(b.sum, moved));
        all.squares = pair_sum(a.squares, pair_sum(b.squares, math_pair_product(distance, both)));
        all.minimum = min(a.minimum, b.minimum);
        all.maximum = max(a.maximum, b.maximum);
    }
    all.finite = a.finite + b.finite;
    all.nan = a.nan + b.nan;
    all.infinite = a.infinite + b.infinite;
    all.marked = a.marked + b.marked;
    return all;
}
