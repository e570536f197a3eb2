
// Four 16-bit elements in two words.
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<vec2<u32>>;

fn load_NAME(item: u32) -> Lanes {
    let words = NAME[settings.first[INDEX] + item];
    return Lanes(
        DTYPE_decode(words.x),
        DTYPE_decode(words.x >> 16u),
        DTYPE_decode(words.y),
        DTYPE_decode(words.y >> 16u),
    );
}
