fn forward(x: f32) -> f32 {
    return x;
}

fn derivative(x: f32) -> f32 {
    return 1.0;
}
