
fn store_NAME(item: u32, value: Lanes) {
    NAME[settings.first[INDEX] + item] = value;
}
