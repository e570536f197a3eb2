// An invocation for each texel: neighbours in a workgroup are so in the image.

fn with_alpha_of(texel: Lanes, colour: Lanes) -> Lanes {
    return Lanes(colour.xyz, select(colour.w, texel.w, settings.keeps_alpha != 0u));
}

@compute @workgroup_size(16, 16)
fn main(@builtin(global_invocation_id) at: vec3<u32>) {
    if (all(at.xy < settings.size)) {
        let texel = compute(at.xy);
        let stored = Lanes(to_texel(texel.x), to_texel(texel.y), to_texel(texel.z), to_texel(texel.w));
        textureStore(result, at.xy, stored);
    }
}
