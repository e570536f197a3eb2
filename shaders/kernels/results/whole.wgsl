
fn process(item: u32) {
    NAME[settings.first[INDEX] + item] = compute(item);
}
