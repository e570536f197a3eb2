// IEEE 754 binary16, by bits: WGSL's own conversions may flush subnormals, and round as they like.

// The element in the lower half of a word.
fn f16_decode(word: u32) -> f32 {
    let magnitude = word & 0x7fffu;
    // The exponent's bias is 112 more in f32; that of infinity and NaN becomes 255.
    let normal = (magnitude << 13u) + select(0x38000000u, 0x70000000u, magnitude >= 0x7c00u);
    let subnormal = bitcast<u32>(f32(magnitude) * 0x1p-24f);
    let bits = select(normal, subnormal, magnitude < 0x400u);
    return bitcast<f32>(bits | ((word & 0x8000u) << 16u));
}

// Rounded to nearest even, in the lower half of a word.
fn f16_encode(value: f32) -> u32 {
    let bits = bitcast<u32>(value);
    let magnitude = bits & 0x7fffffffu;
    let odd = (magnitude >> 13u) & 1u;
    let normal = min((magnitude - 0x38000000u + 0xfffu + odd) >> 13u, 0x7c00u);
    let subnormal = u32(round(bitcast<f32>(min(magnitude, 0x38800000u)) * 0x1p24f));
    let number = select(normal, subnormal, magnitude < 0x38800000u);
    let quiet_nan = 0x7e00u | ((magnitude >> 13u) & 0x3ffu);
    return select(number, quiet_nan, magnitude > 0x7f800000u) | ((bits >> 16u) & 0x8000u);
}
