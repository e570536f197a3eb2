fn compute(item: u32) -> Lanes {
    return forward_lanes(load_INPUT(item), item);
}
