//! requires inverse_sqrt, quotient, two_product

// A large abs(x) is scaled by a power of two, so that its square does not overflow and no part of a
// quotient is flushed. As b is 0, which makes it a ReLU, or lies between 1e-15 and 1e12, a small x needs
// no scale.
struct Scaled {
    // abs(x) * scale
    x: f32,
    // x * x + b, scaled twice
    radicand: f32,
    // its root, scaled once
    root: f32,
    scale: f32,
    inverse: f32,
}

fn scaled(x: f32, b: f32) -> Scaled {
    let large = abs(x) > 0x1p24f;
    var s: Scaled;
    s.scale = select(1.0, 0x1p-66f, large);
    s.inverse = select(1.0, 0x1p66f, large);
    s.x = math_rounded(min(abs(x), 3.4028234e38) * s.scale);
    s.radicand = max(s.x * s.x + math_rounded(b * s.scale) * s.scale, 0x1p-100f);
    s.root = math_times(s.radicand, math_inverse_sqrt(s.radicand, 0.0));
    return s;
}

// For x < 0 the conjugate b / (2 (root - x)): root + x would cancel.
fn forward(x: f32, p: Parameters) -> f32 {
    let s = scaled(x, p.b);
    let half_sum = 0.5 * (s.x + s.root);
    let divisor = math_divisor(half_sum);
    let conjugate = math_quotient(vec2<f32>(0.25 * p.b, 0.0), divisor) * s.scale;
    // No root's error makes the sum overflow.
    let y = select(conjugate, min(half_sum, 0x1.fffffep61f) * s.inverse, x > 0.0);
    return select(y, max(x, 0.0), p.b == 0.0 || abs(x) > 3.4028234e38);
}

// (1 + x / root) / 2, and b / (2 root (root - x)) for x < 0.
fn derivative(x: f32, p: Parameters) -> f32 {
    let s = scaled(x, p.b);
    let right = x >= 0.0;
    let numerator = select(p.b, s.x, right);
    let denominator = select(s.radicand + s.x * s.root, s.root, right);
    let divisor = math_divisor(denominator);
    let half = 0.5 * math_quotient(vec2<f32>(numerator, 0.0), divisor);
    let y = select(math_rounded(half * s.scale) * s.scale, 0.5 + half, right);
    return select(y, select(select(0.0, 0.5, x == 0.0), 1.0, x > 0.0), p.b == 0.0);
}

// 1 / (4 abs(x)), which is infinite at 0, and may be where x is flushed; scaled, so that no part of a
// small x is.
fn quarter_reciprocal(x: f32) -> f32 {
    let small = abs(x) < 0x1p-40f;
    let scale = select(select(1.0, 0x1p-66f, abs(x) > 0x1p24f), 0x1p80f, small);
    let is_zero = abs(x) < 0x1p-126f;
    let divisor = math_divisor(select(min(abs(x), 3.4028234e38) * scale, 1.0, is_zero));
    let y = math_quotient(vec2<f32>(0.25, 0.0), divisor) * scale;
    let infinity = bitcast<f32>(max(bitcast<u32>(x) & 0x7fffffffu, 0x7f800000u));
    return select(y, infinity, is_zero);
}

// 1 / (4 sqrt(x^2 + b)).
fn derivative_by_b(x: f32, p: Parameters) -> f32 {
    let s = scaled(x, p.b);
    let inverse = math_inverse_sqrt(s.radicand, 0.0);
    let y = (0.25 * (inverse.x + inverse.y)) * s.scale;
    let is_infinite = abs(x) > 3.4028234e38;
    return select(select(y, quarter_reciprocal(x), p.b == 0.0), 0.0, is_infinite);
}
