//! requires quotient

// NaN where no row counts, as 0 / 0 is.
fn reduce(total: Total) {
    let mean = math_quotient(total.sum, math_divisor(f32(max(total.counted, 1u))));
    let nan = bitcast<f32>(0x7fc00000u | total.counted);
    store_losses(0u, select(settled_loss(total, mean), nan, total.counted == 0u));
}
