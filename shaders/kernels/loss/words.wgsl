
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<u32>;

fn word_of_NAME(at: u32) -> u32 {
    return NAME[settings.first[INDEX] + at];
}
