//! requires quotient, rest, sin_cos, trig_product, trig_reduction, two_product

// alpha * x in two parts: rounding it would shift the phase. Past 2^80 the angle is large whatever
// alpha is, and its value is of no account.
fn angle_of(x: f32, alpha: f32) -> vec2<f32> {
    return math_two_product(alpha, clamp(x, -0x1p80f, 0x1p80f));
}

// Where the angle is past the moderate ones, 1 / alpha is so small beside x that a phase correct
// to an ulp of the angle is enough, and past 2^24 none is needed.
fn forward(x: f32, p: Parameters) -> f32 {
    let angle = angle_of(x, p.alpha);
    let bounded = clamp(angle.x, -0x1p24f, 0x1p24f);
    let reduced = math_reduce_moderate(bounded, select(0.0, angle.y, bounded == angle.x));
    let parts = math_sin_parts(reduced, (reduced.quadrant & 1u) != 0u);
    let sine = parts.x + parts.y;
    // For alpha * x near -1.17 the sum with x loses two bits: the square (that of twelve bits is exact)
    // and the quotient are in two parts as well. The mask keeps a compiler from undoing the division.
    let sine_hi = math_mask(sine, 0xfffff000u);
    let sine_lo = math_rounded(parts.x - sine_hi) + parts.y;
    let square = sine_hi * sine_hi;
    let square_lo = sine_lo * (sine_hi + sine);
    let quotient = math_mask((square + square_lo) / p.alpha, 0xfffffffeu);
    let product = math_two_product(quotient, p.alpha);
    let remainder = math_rounded(square - product.x) + (square_lo - product.y);
    return math_rounded(x + quotient) + remainder / p.alpha;
}

// The angle 2 alpha x as quarter turns, from the exact product of the two mantissas; no f32 could
// hold it. math_reduce_product keeps digits that matter next to a multiple of pi / 2, which 1 hides here,
// for twice the multiplications.
fn large_double_angle(x: f32, alpha: f32) -> MathAngle {
    let x_bits = bitcast<u32>(x);
    let alpha_bits = bitcast<u32>(alpha);
    let x_mantissa = (x_bits & 0x7fffffu) | 0x800000u;
    let alpha_mantissa = (alpha_bits & 0x7fffffu) | 0x800000u;
    let exponent = i32((x_bits >> 23u) & 0xffu) + i32((alpha_bits >> 23u) & 0xffu) - 299;
    let low = x_mantissa * alpha_mantissa;
    let upper = (math_multiply_high(x_mantissa, alpha_mantissa) << 8u) | (low >> 24u);
    // Bits that weigh less than 2^-30 are of no account.
    let excess = u32(clamp(-30 - exponent, 0, 24));
    let lower = (low & 0xffffffu) >> excess;
    let turns = math_quarter_turns(upper, exponent + 24).x
        + math_quarter_turns(lower, exponent + i32(excess)).x;
    let negative = ((x_bits ^ alpha_bits) & 0x80000000u) != 0u;
    return math_angle_of_quarter_turns(vec2<u32>(turns, 0u), negative);
}

// sin(2 alpha x) in two parts, of which 1 cancels the first exactly.
fn double_sine(x: f32, p: Parameters) -> vec2<f32> {
    let angle = 2.0 * angle_of(x, p.alpha);
    let large = abs(angle.x) > MATH_MODERATE;
    let moderate = select(angle, vec2<f32>(0.0), vec2<bool>(large));
    var reduced = math_reduce_moderate(moderate.x, moderate.y);
    if large {
        reduced = large_double_angle(x, p.alpha);
    }
    return math_sin_angle_parts(reduced, 0u);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let sine = double_sine(x, p);
    return math_nan_at_infinity(x, math_rounded(1.0 + sine.x) + sine.y);
}

fn derivative_rest(x: f32, p: Parameters, y: f32) -> f32 {
    return math_sum_rest(vec2<f32>(1.0, 0.0), double_sine(x, p), y);
}

// x sin(2 t) / alpha - sin(t)^2 / alpha^2 with t = alpha * x, which is x^2 for a small t. The square is
// half of 1 - cos(2 t), of which 1 cancels the first part exactly.
fn derivative_by_alpha(x: f32, p: Parameters) -> f32 {
    let angle = 2.0 * angle_of(x, p.alpha);
    let head = math_mask(angle.x, 0xfffff000u);
    var reduced = MathAngle(head, (angle.x - head) + angle.y, 0u);
    if abs(angle.x) > 0.5 {
        reduced = math_reduce_product(x, p.alpha);
    }
    let sine = math_sin_angle_parts(reduced, 0u);
    let cosine = math_sin_angle_parts(reduced, 1u);
    let square = 0.5 * (math_rounded(1.0 - cosine.x) - cosine.y);
    let divisor = math_divisor(p.alpha);
    let once = math_quotient(vec2<f32>(square, 0.0), divisor);
    let y = x * math_quotient(sine, divisor) - math_quotient(vec2<f32>(once, 0.0), divisor);
    return math_nan_at_infinity(x, select(y, x * x, abs(angle.x) < 0x1p-12f));
}
