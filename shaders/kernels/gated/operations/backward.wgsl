fn process(item: u32) {
    let a = load_a(item);
    let b = load_b(item);
    let grad = load_grad_output(item);
    store_GRAD_A(item, product_lanes(grad, b));
    store_GRAD_B(item, slope_lanes(grad, a, b));
}
