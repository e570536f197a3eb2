
fn moments_of_NAME(index: u32) -> Moments {
    let at = index * MOMENTS_WORDS;
    return Moments(
        word_of_NAME(at),
        word_of_NAME(at + 1u),
        word_of_NAME(at + 2u),
        word_of_NAME(at + 3u),
        bitcast<f32>(word_of_NAME(at + 4u)),
        word_of_NAME(at + 5u),
        bitcast<vec2<f32>>(vec2<u32>(word_of_NAME(at + 6u), word_of_NAME(at + 7u))),
        bitcast<vec2<f32>>(vec2<u32>(word_of_NAME(at + 8u), word_of_NAME(at + 9u))),
        bitcast<f32>(word_of_NAME(at + 10u)),
        bitcast<f32>(word_of_NAME(at + 11u)),
    );
}
