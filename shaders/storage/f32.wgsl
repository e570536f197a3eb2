// f32 elements stand in memory as they are computed with.

alias Stored = Lanes;

fn load(stored: Stored) -> Lanes {
    return stored;
}

fn store(value: Lanes) -> Stored {
    return value;
}
