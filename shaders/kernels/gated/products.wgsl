// f(b) or f'(b) as a factor. Where it overflows though b is finite it is still a number, and 0 times it
// is 0, not NaN.
fn gated_factor(y: f32, b: f32, meets_zero: bool) -> f32 {
    let is_overflow = (bitcast<u32>(y) & 0x7fffffffu) == 0x7f800000u
        && (bitcast<u32>(b) & 0x7fffffffu) < 0x7f800000u;
    return select(y, clamp(y, -1.0, 1.0), is_overflow && meets_zero);
}

// a * f(b).
fn gated_product(a: f32, b: f32) -> f32 {
    return a * gated_factor(evaluate(b), b, a == 0.0);
}

// grad * a * f'(b), the smallest factor times the largest first: that leaves the range of f32 only where
// the whole product does.
fn gated_slope(grad: f32, a: f32, b: f32) -> f32 {
    let slope = gated_factor(differentiate(b), b, grad == 0.0 || a == 0.0);
    let descends = abs(grad) > abs(a);
    let low = select(grad, a, descends);
    let high = select(a, grad, descends);
    let is_least = abs(slope) < abs(low);
    let is_greatest = abs(slope) > abs(high);
    let outer = select(low, slope, is_least) * select(high, slope, is_greatest);
    let middle = select(select(slope, high, is_greatest), low, is_least);
    // Its bits are not the largest of all, which a compiler does not know: so it keeps the order.
    return bitcast<f32>(min(bitcast<u32>(outer), 0xfffffffeu)) * middle;
}
