fn forward(x: f32, p: Parameters) -> f32 {
    if (x >= p.threshold_right) {
        return p.threshold_right + p.slope_right * (x - p.threshold_right);
    }
    if (x > p.threshold_left) {
        return x;
    }
    return p.threshold_left + p.slope_left * (x - p.threshold_left);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    if (x >= p.threshold_right) {
        return p.slope_right;
    }
    return select(p.slope_left, 1.0, x > p.threshold_left);
}
