//! requires two_product

// x = quadrant * pi / 2 + hi + lo, with abs(hi + lo) <= pi / 4, for every finite f32.
//
// Up to MATH_MODERATE the multiple of pi / 2 is subtracted in four parts, each product but the last
// exact (Cody & Waite 1980, Software manual for the elementary functions). Beyond it x * 2 / pi is
// computed modulo 4 in integers (Payne & Hanek 1983, Radian reduction for trigonometric functions): of
// the bits of 2 / pi only those that matter for the exponent of x are multiplied.
// The f32 nearest to a multiple of pi / 2 (7.729179e28) is 1.6e-9 away from it. Measured in sin_cos.
// Constants: tools/coefficients_trig.py.

const MATH_MODERATE: f32 = 3200.0;
const MATH_TWO_OVER_PI: f32 = 6.3661975e-01;
const MATH_HALF_PI_1: f32 = 1.5708008e+00;
const MATH_HALF_PI_2: f32 = -4.454516e-06;
const MATH_HALF_PI_3: f32 = 6.0765615e-11;
const MATH_HALF_PI_4: f32 = 5.390303e-15;
// pi / 2 without its first part, and pi / 2 itself
const MATH_HALF_PI_REST: f32 = -4.454455e-06;
const MATH_HALF_PI: f32 = 1.5707964;

struct MathAngle {
    hi: f32,
    lo: f32,
    // modulo 4
    quadrant: u32,
}

// Reduces x + tail, for abs(tail) far below abs(x). Up to 2^24 the angle is still reduced, with an error
// in proportion to x.
fn math_reduce_moderate(x: f32, tail: f32) -> MathAngle {
    let k = round(x * MATH_TWO_OVER_PI);
    let first = math_rounded(x - k * MATH_HALF_PI_1);
    let second = k * MATH_HALF_PI_2;
    // Twelve bits, so that what is left of the difference is exact.
    let hi = math_mask(first - second, 0xfffff000u);
    let rest = math_rounded(math_rounded(first - hi) - second);
    let lo = ((rest - k * MATH_HALF_PI_3) + tail) - k * MATH_HALF_PI_4;
    return MathAngle(hi, lo, bitcast<u32>(i32(k)));
}

// The upper 32 bits of a 24-bit times a 32-bit integer.
fn math_multiply_high(m: u32, w: u32) -> u32 {
    let m_hi = m >> 12u;
    let m_lo = m & 0xfffu;
    let w_hi = w >> 16u;
    let w_lo = w & 0xffffu;
    let low = (m_hi * w_lo + ((m_lo * w_lo) >> 12u)) >> 4u;
    return (m_hi * w_hi + ((m_lo * w_hi + low) >> 12u)) >> 4u;
}

// Four words of 2 / pi, after one of zeros, from word `index` on; index <= 5.
fn math_two_over_pi_words(index: u32) -> vec4<u32> {
    let a = vec4<u32>(0u, 0xa2f9836eu, 0x4e441529u, 0xfc2757d1u);
    let b = vec4<u32>(0xf534ddc0u, 0xdb629599u, 0x3c439041u, 0xfe5163abu);
    // By halving, with selects: indexing an array costs far more where there are no branches.
    let from_b = index >= 4u;
    let first = select(a, b, from_b);
    let next = select(b.x, 0xdebbc561u, from_b);
    let by_two = (index & 2u) != 0u;
    let four = select(first, vec4<u32>(first.zw, next, b.y), by_two);
    let fifth = select(next, b.z, by_two);
    return select(four, vec4<u32>(four.yzw, fifth), (index & 1u) != 0u);
}

// m * 2^exponent * 2 / pi modulo 4, as a 64-bit integer (high word first) in units of 2^-62,
// for m < 2^24 and -30 <= exponent <= 145: a moderate alpha keeps that of snake within.
fn math_quarter_turns(m: u32, exponent: i32) -> vec2<u32> {
    let position = u32(exponent + 30);
    let words = math_two_over_pi_words(position >> 5u);
    let shift = position & 31u;
    // Two shifts: one by 32 is not defined.
    let w = (words.xyz << vec3<u32>(shift))
        | ((words.yzw >> vec3<u32>(1u)) >> vec3<u32>(31u - shift));
    let middle = m * w.y;
    let low = middle + math_multiply_high(m, w.z);
    let carry = select(0u, 1u, low < middle);
    return vec2<u32>(m * w.x + math_multiply_high(m, w.y) + carry, low);
}

fn math_angle_of_quarter_turns(turns: vec2<u32>, negative: bool) -> MathAngle {
    let rounded = turns.x + 0x20000000u;
    let quadrant = rounded >> 30u;
    // What is left of the quadrant, in three exact parts of 18, 24 and 20 bits.
    let fraction = i32(rounded & 0x3fffffffu) - 0x20000000;
    let part_0 = f32(fraction >> 12u) * 0x1p-18f;
    let part_1 = f32(((fraction & 0xfff) << 12u) | i32(turns.y >> 20u)) * 0x1p-42f;
    let part_2 = f32(i32(turns.y & 0xfffffu)) * 0x1p-62f;
    let hi = math_mask(part_0 + part_1, 0xfffff000u);
    let lo = ((part_0 - hi) + part_1) + part_2;
    let angle_lo = hi * MATH_HALF_PI_REST + lo * MATH_HALF_PI;
    let sign = select(1.0, -1.0, negative);
    return MathAngle(
        sign * (hi * MATH_HALF_PI_1),
        sign * angle_lo,
        select(quadrant, 0u - quadrant, negative),
    );
}

fn math_reduce(x: f32) -> MathAngle {
    let large = abs(x) > MATH_MODERATE;
    var angle = math_reduce_moderate(select(x, 0.0, large), 0.0);
    if large {
        let bits = bitcast<u32>(x);
        let exponent = i32((bits >> 23u) & 0xffu) - 150;
        let turns = math_quarter_turns((bits & 0x7fffffu) | 0x800000u, exponent);
        angle = math_angle_of_quarter_turns(turns, x < 0.0);
    }
    return angle;
}
