//! requires exp, expm1, expm1mx, rest, slope, two_product

// From -64 down e^x counts no more; the linear terms are gathered there, so that they cannot be infinite with
// opposite signs. Beside a zero below 0 the result is its slope times the distance, and so it is all along
// the line where the zero lies on it.
fn forward(x: f32, p: Parameters) -> f32 {
    let is_positive = x > 0.0;
    let parts = math_expm1mx(clamp(x, -64.0, 0.0));
    let slope = select(p.alpha_negative, p.alpha_positive, is_positive);
    let bent = select(parts.curve, vec2<f32>(min(x, 3.4028234e38), 0.0), vec2<bool>(is_positive));
    // In two parts, because the line cancels the curve.
    let curve = math_two_product(slope, bent.x);
    let line = math_two_product(p.beta, parts.line);
    let lesser = select(0.0, curve.y, abs(curve.x) < 1e38) + line.y + slope * bent.y;
    let factor = select(parts.factor, x, is_positive);
    let y = math_slope(math_rounded(curve.x + line.x) + lesser, factor);

    let distance = math_rounded(x - p.zero) - p.zero_rest;
    let terms = math_slope(p.beta - p.alpha_negative, x) - p.alpha_negative;
    let far = select(terms, math_slope(p.slope_there, distance), p.zero < -32.0);
    let is_beside = abs(distance) < 0x1p-12f * abs(p.zero);
    let short = select(0.0, distance, is_beside);
    let beside = p.slope_there * (short + short * (short * p.bend_there));
    return select(select(y, far, x < -64.0), beside, is_beside);
}

fn derivative(x: f32, p: Parameters) -> f32 {
    let negative = p.alpha_negative * math_expm1(min(x, 0.0), 0.0) + p.beta;
    return select(negative, math_slope(math_rounded(2.0 * p.alpha_positive), max(x, 0.0)) + p.beta, x > 0.0);
}

// For a small or a large negative x; in between e^x is not known to enough digits.
fn forward_rest(x: f32, p: Parameters, y: f32) -> f32 {
    // Of a curve that vanishes beside the line the sign still counts.
    let size = max(abs(x), select(0.0, 0x1p-40f, abs(p.beta) > 0x1p-10f));
    let bent = select(-size, size, x > 0.0);
    let positive = math_two_product(p.alpha_positive, bent);
    // e^x - 1 - x = x (x / 2 + x^2 / 6 + ...)
    let curve = math_two_product(p.alpha_negative, 0.5 * bent);
    let beyond = p.alpha_negative * (x * x * (0.16666667 + x * (0.041666668 + x * 0.008333334)));
    let near = vec2<f32>(curve.x, curve.y + beyond);
    let quotient = select(near, positive, vec2<bool>(x > 0.0));
    let sum = math_two_sum(quotient.x, p.beta);
    let rest = math_product_rest(vec2<f32>(sum.x, sum.y + quotient.y), x, y);
    let slope = math_two_sum(p.beta, -p.alpha_negative);
    let line = math_two_product(slope.x, x);
    // Of a vanishing power the sign still counts.
    let power = p.alpha_negative * max(math_exp(x), 0x1p-60f);
    let constant = vec2<f32>(-p.alpha_negative, power);
    let far = math_sum_rest(vec2<f32>(line.x, line.y + slope.y * x), constant, y);
    return select(select(0.0, far, x < -4.0), rest, x > -0x1p-5f);
}

fn derivative_rest(x: f32, p: Parameters, y: f32) -> f32 {
    let slope = select(p.alpha_negative, 2.0 * p.alpha_positive, x > 0.0);
    let line = math_two_product(slope, x);
    // alpha (e^x - 1) = alpha x + alpha x^2 (1 / 2 + x / 6 + ...)
    let curve = p.alpha_negative * (x * x * (0.5 + x * (0.16666667 + x * 0.041666668)));
    let beyond = line.y + select(curve, 0.0, x > 0.0);
    let rest = math_sum_rest(vec2<f32>(line.x, beyond), vec2<f32>(p.beta, 0.0), y);
    return select(0.0, rest, x > -0x1p-5f);
}

fn derivative_by_alpha_positive(x: f32, p: Parameters) -> f32 {
    return max(x, 0.0) * max(x, 0.0);
}

fn derivative_by_alpha_negative(x: f32, p: Parameters) -> f32 {
    let parts = math_expm1mx(clamp(x, -0x1p24f, 0.0));
    let y = parts.factor * (parts.curve.x + parts.curve.y);
    return select(y, -x - 1.0, x < -0x1p24f);
}

fn derivative_by_beta(x: f32, p: Parameters) -> f32 {
    return x;
}
