//! requires rest, two_product

// A line as constant + slope * (x - origin).
struct Line {
    constant: vec3<f32>,
    origin: f32,
    slope: f32,
}

// threshold + slope * (x - threshold), for a moderate slope written as slope * x + a constant: where
// the slope is near 1, the line crosses zero at an x that would vanish beside the threshold.
fn line_through(threshold: f32, slope: f32) -> Line {
    let rest = math_two_sum(1.0, -slope);
    let product = math_two_product(threshold, rest.x);
    let offset = vec3<f32>(product.x, product.y, threshold * rest.y);
    let steep = abs(slope) > 2.0;
    return Line(
        select(offset, vec3<f32>(threshold, 0.0, 0.0), vec3<bool>(steep)),
        select(0.0, threshold, steep),
        slope,
    );
}

// In parts, because the terms cancel where the line crosses zero.
fn line_at(x: f32, line: Line) -> f32 {
    let at = select(x, 0.0, line.slope == 0.0);
    // Bounded, so that the parts of what only the plain sum can hold do not overflow.
    let distance = math_two_sum(clamp(at, -1e25, 1e25), -line.origin);
    let rise = math_two_product(line.slope, distance.x);
    let sum = math_rounded(line.constant.x + rise.x);
    let rest = line.constant.z + line.slope * distance.y;
    let corrected = math_rounded(sum + (line.constant.y + rise.y)) + rest;
    let plain = line.constant.x + line.slope * (at - line.origin);
    let in_range = min(abs(distance.x), abs(rise.x)) > 1e-30 && abs(at) < 1e25;
    return select(plain, corrected, in_range);
}

fn forward(x: f32, p: Parameters) -> f32 {
    let left = line_through(p.threshold_left, p.slope_left);
    let right = line_through(p.threshold_right, p.slope_right);
    let is_right = x >= p.threshold_right;
    let line = Line(
        select(left.constant, right.constant, vec3<bool>(is_right)),
        select(left.origin, right.origin, is_right),
        select(left.slope, right.slope, is_right),
    );
    return select(line_at(x, line), x, !is_right && x > p.threshold_left);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let outer = select(p.slope_left, p.slope_right, x >= p.threshold_right);
    return select(outer, 1.0, x > p.threshold_left && x < p.threshold_right);
}

fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let is_right = x >= p.threshold_right;
    let threshold = select(p.threshold_left, p.threshold_right, is_right);
    let slope = select(p.slope_left, p.slope_right, is_right);
    let distance = math_two_sum(x, -threshold);
    let rise = math_two_product(slope, distance.x);
    let rest = vec2<f32>(rise.x, rise.y + slope * distance.y);
    let is_linear = is_right || x <= p.threshold_left;
    return select(0.0, math_sum_rest(vec2<f32>(threshold, 0.0), rest, y), is_linear);
}
