fn compute(item: u32) -> Lanes {
    return slope_lanes(load_grad_output(item), load_a(item), load_b(item));
}
