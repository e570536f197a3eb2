fn forward(x: f32) -> f32 {
    return sin(x);
}

fn derivative(x: f32) -> f32 {
    return cos(x);
}
