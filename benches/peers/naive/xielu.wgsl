fn forward(x: f32, p: Parameters) -> f32 {
    if (x > 0.0) {
        return p.alpha_positive * x * x + p.beta * x;
    }
    return p.alpha_negative * (exp(x) - 1.0 - x) + p.beta * x;
}

fn derivative(x: f32, p: Parameters) -> f32 {
    if (x > 0.0) {
        return 2.0 * p.alpha_positive * x + p.beta;
    }
    return p.alpha_negative * (exp(x) - 1.0) + p.beta;
}
