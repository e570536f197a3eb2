@group(0) @binding(SLOT) var NAME: texture_2d<f32>;

fn load_NAME(at: vec2<u32>) -> Lanes {
    return textureLoad(NAME, at, 0);
}
