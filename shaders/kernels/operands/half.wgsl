
// One 16-bit element: half of a word.
@group(0) @binding(SLOT) var<storage, ACCESS> NAME: array<u32>;

fn load_NAME(element: u32) -> Lanes {
    let at = settings.first[INDEX] + element;
    return DTYPE_decode(NAME[at >> 1u] >> ((at & 1u) << 4u));
}
