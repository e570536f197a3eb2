// Rounded to nearest even: the device's own conversion may round as it likes, but finds nothing to round.
fn to_texel(value: f32) -> f32 {
    return f16_decode(f16_encode(value));
}
