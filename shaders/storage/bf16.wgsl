// bfloat16: the upper half of an f32.

// The element in the lower half of a word.
fn bf16_decode(word: u32) -> f32 {
    return bitcast<f32>(word << 16u);
}

// Rounded to nearest even, in the lower half of a word.
fn bf16_encode(value: f32) -> u32 {
    let bits = bitcast<u32>(value);
    let upper = bits >> 16u;
    let rounded = (bits + 0x7fffu + (upper & 1u)) >> 16u;
    // Bits that are cut off could be all that makes it NaN.
    return select(rounded, upper | 0x40u, (bits & 0x7fffffffu) > 0x7f800000u);
}
