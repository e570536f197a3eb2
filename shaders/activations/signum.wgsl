fn forward(x: f32) -> f32 {
    let magnitude = select(0.0, 1.0, x != 0.0);
    return bitcast<f32>(bitcast<u32>(magnitude) | (bitcast<u32>(x) & 0x80000000u));
}

fn derivative(x: f32) -> f32 {
    return 0.0;
}
