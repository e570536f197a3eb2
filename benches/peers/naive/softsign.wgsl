fn forward(x: f32) -> f32 {
    return x / (1.0 + abs(x));
}

fn derivative(x: f32) -> f32 {
    let d = 1.0 + abs(x);
    return 1.0 / (d * d);
}
