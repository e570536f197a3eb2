
// One 16-bit element: half of a word, whose other half another invocation may be writing.
@group(0) @binding(SLOT) var<storage, read_write> NAME: array<atomic<u32>>;

fn load_NAME(element: u32) -> Lanes {
    let at = settings.first[INDEX] + element;
    return DTYPE_decode(atomicLoad(&NAME[at >> 1u]) >> ((at & 1u) << 4u));
}
