
// Where an element of the result has its two in a tensor of halves: each half is followed by the other.
fn beside(item: u32) -> u32 {
    return item + item / settings.half * settings.half;
}

fn load_a(item: u32) -> Lanes {
    return load_SOURCE(beside(item) + settings.a_at);
}

fn load_b(item: u32) -> Lanes {
    return load_SOURCE(beside(item) + settings.b_at);
}
