// y, or slope * x for an x so small that no other term of the function counts. What is made of the
// parts of such an x would lose them where subnormals are flushed to zero.
fn math_near_zero(x: f32, slope: f32, y: f32) -> f32 {
    return select(y, slope * x, abs(x) < 0x1p-100f);
}
