//! requires rest, two_product

// The line that x lies on, but for the middle: threshold + slope * (x - threshold).
struct Side {
    threshold: f32,
    slope: f32,
    is_linear: bool,
}

fn side_of(x: f32, p: Parameters) -> Side {
    let is_right = x >= p.threshold_right;
    return Side(
        select(p.threshold_left, p.threshold_right, is_right),
        select(p.slope_left, p.slope_right, is_right),
        is_right || x <= p.threshold_left,
    );
}

// In parts, because the terms cancel where the line crosses zero. There x - threshold is exact for a steep
// slope. Another is taken as slope * x + a constant: where it is near 1, that x would vanish beside the
// threshold.
fn forward(x: f32, p: Parameters) -> f32 {
    let side = side_of(x, p);
    let steep = side.slope > 2.0 || side.slope < -1.0;
    let complement = math_two_sum(1.0, -side.slope);
    let product = math_two_product(side.threshold, complement.x);
    let constant = select(product, vec2<f32>(side.threshold, 0.0), vec2<bool>(steep));
    let lesser = math_two_product(select(side.threshold, 0.0, steep), complement.y);
    let origin = select(0.0, side.threshold, steep);
    let at = select(x, 0.0, side.slope == 0.0);
    // Bounded, so that the parts of what only the plain sum can hold do not overflow; any zero is nearer.
    let bound = select(4e27, 1e25, steep);
    let distance = math_two_sum(clamp(at, -bound, bound), -origin);
    let rise = math_two_product(side.slope, distance.x);
    let sum = math_rounded(constant.x + rise.x);
    // Where the leading parts cancel so may these.
    let beyond = math_two_sum(constant.y, rise.y);
    let finer = math_two_sum(beyond.x, lesser.x);
    let rest = side.slope * distance.y + (beyond.y + finer.y + lesser.y);
    let corrected = math_rounded(sum + finer.x) + rest;
    let plain = constant.x + side.slope * (at - origin);
    let in_range = min(abs(distance.x), abs(rise.x)) > 1e-30 && abs(at) < bound;
    return select(x, select(plain, corrected, in_range), side.is_linear);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let outer = select(p.slope_left, p.slope_right, x >= p.threshold_right);
    return select(outer, 1.0, x > p.threshold_left && x < p.threshold_right);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let side = side_of(x, p);
    let distance = math_two_sum(x, -side.threshold);
    let rise = math_two_product(side.slope, distance.x);
    let rest = vec2<f32>(rise.x, rise.y + side.slope * distance.y);
    let exact = math_sum_rest(vec2<f32>(side.threshold, 0.0), rest, y);
    return select(0.0, exact, side.is_linear);
}

fn is_left(x: f32, p: Parameters) -> bool {
    return x <= p.threshold_left && x < p.threshold_right;
}

fn derivative_by_threshold_left(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0 - p.slope_left, is_left(x, p));
}

fn derivative_by_slope_left(x: f32, p: Parameters) -> f32 {
    return select(0.0, x - p.threshold_left, is_left(x, p));
}

fn derivative_by_threshold_right(x: f32, p: Parameters) -> f32 {
    return select(0.0, 1.0 - p.slope_right, x >= p.threshold_right);
}

fn derivative_by_slope_right(x: f32, p: Parameters) -> f32 {
    return select(0.0, x - p.threshold_right, x >= p.threshold_right);
}
