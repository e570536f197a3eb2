// The nearest of the 256 numbers, whatever the device's own conversion does between them; NaN becomes 0.
fn to_texel(value: f32) -> f32 {
    let number = select(value, 0.0, is_nan(value));
    return round(clamp(number, 0.0, 1.0) * 255.0) / 255.0;
}
