// One element at a time: tails, and views that start inside a vector.

alias Lanes = f32;

fn forward_lanes(x: Lanes, item: u32) -> Lanes {
    return forward_element(x, parameters_at(item));
}

fn derivative_lanes(x: Lanes, item: u32) -> Lanes {
    return derivative_element(x, parameters_at(item));
}
