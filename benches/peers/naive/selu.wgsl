const SCALE: f32 = 1.0507009873554805;
const ALPHA: f32 = 1.6732632423543772;

fn forward(x: f32) -> f32 {
    return SCALE * select(ALPHA * (exp(x) - 1.0), x, x > 0.0);
}

fn derivative(x: f32) -> f32 {
    return SCALE * select(ALPHA * exp(x), 1.0, x > 0.0);
}
