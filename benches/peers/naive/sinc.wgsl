fn forward(x: f32) -> f32 {
    return select(sin(x) / x, 1.0, x == 0.0);
}

fn derivative(x: f32) -> f32 {
    return select((cos(x) - sin(x) / x) / x, 0.0, x == 0.0);
}
