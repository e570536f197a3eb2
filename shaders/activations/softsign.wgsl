// Clamped, so that an infinity gives its limit and not inf / inf.
fn forward(x: f32) -> f32 {
    let bounded = clamp(x, -3.4e38, 3.4e38);
    return bounded / (1.0 + abs(bounded));
}

fn derivative(x: f32) -> f32 {
    let slope = 1.0 / (1.0 + abs(x));
    return slope * slope;
}
