//! requires trig_reduction

// Reduces 2 a b, which no f32 could hold, from the exact product of the two mantissas: for an angle from
// 0.5 to 2^169. What is left of a multiple of pi / 2 has an error of 2^-60, so it is known to all digits
// unless the angle is nearer to the multiple than 2^-36. Derived here.
fn math_reduce_product(a: f32, b: f32) -> MathAngle {
    let a_bits = bitcast<u32>(a);
    let b_bits = bitcast<u32>(b);
    let a_mantissa = (a_bits & 0x7fffffu) | 0x800000u;
    let b_mantissa = (b_bits & 0x7fffffu) | 0x800000u;
    let exponent = i32((a_bits >> 23u) & 0xffu) + i32((b_bits >> 23u) & 0xffu) - 299;
    let low = a_mantissa * b_mantissa;
    let upper = (math_multiply_high(a_mantissa, b_mantissa) << 8u) | (low >> 24u);
    let high_turns = math_quarter_turns(upper, exponent + 24);
    // From -30 down the turns of the lower half are shifted instead of its mantissa.
    let shift = u32(clamp(-30 - exponent, 0, 31));
    let turns = math_quarter_turns(low & 0xffffffu, exponent + i32(shift));
    // Two shifts: one by 32 is not defined.
    let low_turns = vec2<u32>(
        turns.x >> shift,
        (turns.y >> shift) | ((turns.x << 1u) << (31u - shift)),
    );
    let sum = high_turns.y + low_turns.y;
    let carry = select(0u, 1u, sum < low_turns.y);
    let negative = ((a_bits ^ b_bits) & 0x80000000u) != 0u;
    return math_angle_of_quarter_turns(
        vec2<u32>(high_turns.x + low_turns.x + carry, sum),
        negative,
    );
}
