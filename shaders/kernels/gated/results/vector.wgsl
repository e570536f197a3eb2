
fn store_NAME(item: u32, value: Lanes) {
    NAME[settings.first[INDEX] + item] = vec2<u32>(
        DTYPE_encode(value.x) | (DTYPE_encode(value.y) << 16u),
        DTYPE_encode(value.z) | (DTYPE_encode(value.w) << 16u),
    );
}
