fn forward(x: f32, p: Parameters) -> f32 {
    return x / (1.0 + exp(-p.beta * x));
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let s = 1.0 / (1.0 + exp(-p.beta * x));
    return s * (1.0 + p.beta * x * (1.0 - s));
}
