
fn set_moments_of_NAME(index: u32, moments: Moments) {
    let at = index * MOMENTS_WORDS;
    set_word_of_NAME(at, moments.finite);
    set_word_of_NAME(at + 1u, moments.nan);
    set_word_of_NAME(at + 2u, moments.infinite);
    set_word_of_NAME(at + 3u, moments.marked);
    set_word_of_NAME(at + 4u, bitcast<u32>(moments.shift));
    set_word_of_NAME(at + 5u, moments.exponent);
    set_word_of_NAME(at + 6u, bitcast<u32>(moments.sum.x));
    set_word_of_NAME(at + 7u, bitcast<u32>(moments.sum.y));
    set_word_of_NAME(at + 8u, bitcast<u32>(moments.squares.x));
    set_word_of_NAME(at + 9u, bitcast<u32>(moments.squares.y));
    set_word_of_NAME(at + 10u, bitcast<u32>(moments.minimum));
    set_word_of_NAME(at + 11u, bitcast<u32>(moments.maximum));
}
