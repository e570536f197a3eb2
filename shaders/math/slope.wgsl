// slope * x, and 0 for a slope of 0 even where x is infinite.
fn math_slope(slope: f32, x: f32) -> f32 {
    return slope * select(x, 0.0, slope == 0.0);
}
