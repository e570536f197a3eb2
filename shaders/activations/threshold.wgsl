fn forward(x: f32, p: Parameters) -> f32 {
    return select(p.value, x, x > p.threshold);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0, x > p.threshold);
}

// A jump, but where threshold and value are equal: f does not change with it elsewhere.
fn derivative_by_threshold(x: f32, p: Parameters) -> f32 {
    return 0.0;
}

fn derivative_by_value(x: f32, p: Parameters) -> f32 {
    return select(1.0, 0.0, x > p.threshold);
}
