// magnitude with the sign of x, that of a zero too.
fn math_with_sign(magnitude: f32, x: f32) -> f32 {
    return bitcast<f32>(bitcast<u32>(magnitude) | (bitcast<u32>(x) & 0x80000000u));
}
