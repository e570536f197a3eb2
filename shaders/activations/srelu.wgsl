//! requires two_product

// threshold + slope * (x - threshold), with the difference and the product in two parts: they
// cancel the threshold where the line crosses zero.
fn outer_line(x: f32, threshold: f32, slope: f32) -> f32 {
    let at = select(x, threshold, slope == 0.0);
    let distance = math_two_sum(at, -threshold);
    let rise = math_two_product(slope, distance.x);
    let corrected = (threshold + rise.x) + (rise.y + slope * distance.y);
    let plain = threshold + slope * (at - threshold);
    return select(plain, corrected, abs(plain) < 1e38);
}

fn forward(x: f32, p: Parameters) -> f32 {
    let right = x >= p.threshold_right;
    let line = outer_line(
        x,
        select(p.threshold_left, p.threshold_right, right),
        select(p.slope_left, p.slope_right, right),
    );
    return select(line, x, !right && x > p.threshold_left);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let outer = select(p.slope_left, p.slope_right, x >= p.threshold_right);
    return select(outer, 1.0, x > p.threshold_left && x < p.threshold_right);
}
