fn compute(item: u32) -> Lanes {
    return load_grad_input(item) + derivative_lanes(load_input(item)) * load_grad_output(item);
}
