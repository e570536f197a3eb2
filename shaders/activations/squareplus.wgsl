// x and b scaled by a power of two, so that x * x neither overflows nor underflows.
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
    let large = abs(x) > 0x1p60f || b > 0x1p120f;
    let small = abs(x) < 0x1p-20f && b < 0x1p-40f;
    var s: Scaled;
    s.scale = select(select(1.0, 0x1p66f, small), 0x1p-66f, large);
    s.inverse = select(select(1.0, 0x1p-66f, small), 0x1p66f, large);
    s.x = abs(x) * s.scale;
    s.radicand = s.x * s.x + (b * s.scale) * s.scale;
    // Where b is 0, x * x can underflow all the same.
    s.root = select(sqrt(s.radicand), s.x, s.radicand < 0x1p-100f);
    return s;
}

// For x < 0 the conjugate b / (2 (root - x)): root + x would cancel.
fn forward(x: f32, p: Parameters) -> f32 {
    let s = scaled(x, p.b);
    let half_sum = 0.5 * (s.x + s.root);
    let conjugate = (0.25 * p.b) / max(half_sum, 0x1p-100f) * s.scale;
    return select(conjugate, half_sum * s.inverse, x > 0.0);
}

// (1 + x / root) / 2, and b / (2 root (root - x)) for x < 0.
fn derivative(x: f32, p: Parameters) -> f32 {
    let s = scaled(clamp(x, -3.4e38, 3.4e38), p.b);
    let right = x >= 0.0;
    let numerator = select(p.b * s.scale, s.x, right);
    let denominator = select(s.radicand + s.x * s.root, s.root, right);
    let half = 0.5 * numerator / max(denominator, 0x1p-120f);
    return select(half * s.scale, 0.5 + half, right);
}
