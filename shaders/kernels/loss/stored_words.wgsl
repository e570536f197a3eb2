
fn set_word_of_NAME(at: u32, word: u32) {
    NAME[settings.first[INDEX] + at] = word;
}
