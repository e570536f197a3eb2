fn compute(item: u32) -> Lanes {
    return derivative_lanes(load_input(item)) * load_grad(item);
}
