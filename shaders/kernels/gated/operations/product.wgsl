fn compute(item: u32) -> Lanes {
    return product_lanes(load_a(item), load_b(item));
}
