fn compute(item: u32) -> Lanes {
    return derivative_lanes(load_INPUT(item), item) * load_GRAD_OUTPUT(item);
}
