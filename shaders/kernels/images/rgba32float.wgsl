fn to_texel(value: f32) -> f32 {
    return value;
}
