// Rounded to nearest even: the device's own conversion may round as it likes, but finds nothing to round. Nor do
// drivers agree on infinity, which one of them stores as NaN: what lies beyond becomes the largest number.
fn to_texel(value: f32) -> f32 {
    let number = clamp(select(value, 0.0, is_nan(value)), -65504.0, 65504.0);
    return select(f16_decode(f16_encode(number)), value, is_nan(value));
}
