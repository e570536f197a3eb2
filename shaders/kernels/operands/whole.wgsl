
// f32 elements stand in memory as they are computed with.
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<Lanes>;

fn load_NAME(item: u32) -> Lanes {
    return NAME[settings.first[INDEX] + item];
}
