
fn store_NAME(element: u32, value: f32) {
    NAME[settings.first[INDEX] + element] = value;
}
