// One element at a time: tails, and views that start inside a vector.

alias Lanes = f32;

fn forward_lanes(x: Lanes) -> Lanes {
    return evaluate(x);
}

fn derivative_lanes(x: Lanes) -> Lanes {
    return differentiate(x);
}
