
fn store_NAME(element: u32, value: f32) {
    let at = settings.first[INDEX] + element;
    let shift = (at & 1u) << 4u;
    atomicAnd(&NAME[at >> 1u], 0xffff0000u >> shift);
    atomicOr(&NAME[at >> 1u], DTYPE_encode(value) << shift);
}
