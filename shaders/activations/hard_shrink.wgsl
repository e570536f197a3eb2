// All of x, or its sign alone: an odd function keeps the sign of a zero.
fn forward(x: f32, p: Parameters) -> f32 {
    let kept = select(0x80000000u, 0xffffffffu, abs(x) > p.lambda);
    return bitcast<f32>(bitcast<u32>(x) & kept);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, abs(x) > p.lambda);
}

// A jump: f does not change with it elsewhere.
fn derivative_by_lambda(x: f32, p: Parameters) -> f32 {
    return 0.0;
}
