
// An item is a word of the result, so that no two invocations write the same one. At its ends a
// view may have only one half of a word: the other half is written as it was, which an invocation that
// reads it meanwhile cannot tell from not writing it.
fn process(item: u32) {
    let first = settings.first[INDEX];
    // Before the first element it wraps around, to beyond the last one.
    let lower = 2u * item - (first & 1u);
    let upper = lower + 1u;
    let has_lower = lower < settings.elements;
    let has_upper = upper < settings.elements;
    let lower_bits = DTYPE_encode(compute(select(upper, lower, has_lower)));
    let upper_bits = DTYPE_encode(compute(select(lower, upper, has_upper)));
    let at = (first >> 1u) + item;
    let word = NAME[at];
    NAME[at] = select(word & 0xffffu, lower_bits, has_lower)
        | select(word & 0xffff0000u, upper_bits << 16u, has_upper);
}
