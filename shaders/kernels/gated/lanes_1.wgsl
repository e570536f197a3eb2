// One element at a time: tails, and views that start inside a vector.

alias Lanes = f32;

fn product_lanes(a: Lanes, b: Lanes) -> Lanes {
    return gated_product(a, b);
}

fn slope_lanes(grad: Lanes, a: Lanes, b: Lanes) -> Lanes {
    return gated_slope(grad, a, b);
}
