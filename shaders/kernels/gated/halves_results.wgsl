
fn store_grad_a(item: u32, value: Lanes) {
    store_TARGET(beside(item) + settings.a_at, value);
}

fn store_grad_b(item: u32, value: Lanes) {
    store_TARGET(beside(item) + settings.b_at, value);
}
