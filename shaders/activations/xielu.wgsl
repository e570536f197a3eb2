//! requires exp, exp_exp_reduction, expm1mx, rest, slope, two_product

// Below 0 the line cancels the curve at 0, and at a second place where beta is between 0 and
// alpha_negative. Around either zero z the function is slope d + power (e^d - 1 - d) with d = x - z and the
// slope and alpha_negative e^z there (derived here). Around 0 these are the hyper-parameters themselves, so
// that only what cancels too much there is taken around the other.
fn forward(x: f32, p: Parameters) -> f32 {
    let is_positive = x > 0.0;
    let distance = math_rounded(x - p.zero);
    // By trial: within 3.6 ULP around zeros in -1e7 .. -1e-8. The further out the zero, the fewer digits does
    // e^x have in the result; but below -64 the linear terms are gathered and rounded.
    let reach = p.zero * min(-0.55 - 0.22 * p.zero, -0.02);
    let is_beside = abs(distance) < reach || (x < -64.0 && p.zero < -16.0);
    let d = select(x, distance - p.zero_rest, is_beside);
    let slope = select(vec2<f32>(p.beta, 0.0), vec2<f32>(p.slope_there, p.slope_rest), is_beside);
    let power = select(p.alpha_negative, p.power_there, is_beside);

    let bounded = clamp(d, -64.0, 3.4028234e38);
    let e = math_fine_expm1_parts(min(bounded, 64.0));
    // Where d counts, its size is above that of e^d - 1 or near it.
    let far = math_ordered_sum(-bounded, e.leading);
    let far_rest = far.y + e.lesser * e.scale;

    // Near a zero, and above 0, x - z is a factor: its square could underflow or overflow.
    let is_near = e.n == 0.0;
    let is_factor = is_near || is_positive;
    let bend = select(select(power, 0.5 * power, is_near), p.alpha_positive, is_positive);
    let curve = math_two_product(bend, select(far.x, bounded, is_factor));
    let step = select(bounded, 1.0, is_factor);
    let line = math_two_product(slope.x, step);
    let sum = math_two_sum(curve.x, line.x);
    let sum_rest = select(0.0, curve.y + sum.y, abs(curve.x) < 1e38) + (line.y + slope.y * step);
    let curve_rest = power * select(far_rest, e.r * e.third, is_near);
    let y = sum.x + math_rounded(sum_rest + select(curve_rest, 0.0, is_positive));
    let product = math_slope(y, select(1.0, d, is_factor));
    // There e^d counts no more. The linear terms are gathered, so that they cannot be infinite with opposite
    // signs.
    let linear = math_slope(p.beta - p.alpha_negative, min(d, -64.0)) - power;
    return select(product, linear, d < -64.0);
}

// The terms themselves, in two parts because they cancel: where nothing is known of a zero.
fn forward_in_parts(x: f32, p: Parameters) -> f32 {
    let is_positive = x > 0.0;
    let parts = math_expm1mx(clamp(x, -0x1p24f, 0.0));
    let slope = select(p.alpha_negative, p.alpha_positive, is_positive);
    let bent = select(parts.curve, vec2<f32>(min(x, 3.4028234e38), 0.0), vec2<bool>(is_positive));
    let curve = math_two_product(slope, bent.x);
    let line = math_two_product(p.beta, parts.line);
    let lesser = select(0.0, curve.y, abs(curve.x) < 1e38) + line.y + slope * bent.y;
    let factor = select(parts.factor, x, is_positive);
    let y = math_slope(math_rounded(curve.x + line.x) + lesser, factor);
    // There is no zero, and the linear terms, which could be infinite with opposite signs, are gathered.
    let linear = math_slope(p.beta - p.alpha_negative, min(x, -0x1p24f)) - p.alpha_negative;
    return select(y, linear, x < -0x1p24f);
}

// In two parts, because beta cancels the curve where the function has its least value.
fn derivative(x: f32, p: Parameters) -> f32 {
    let is_positive = x > 0.0;
    let e = math_fine_expm1_parts(clamp(x, -140.0, 0.0));
    let slope = select(p.alpha_negative, math_rounded(2.0 * p.alpha_positive), is_positive);
    let negative = vec2<f32>(e.leading, e.lesser);
    let bent = select(negative, vec2<f32>(min(x, 3.4028234e38), 0.0), vec2<bool>(is_positive));
    let curve = math_two_product(slope, bent.x);
    let sum = math_two_sum(curve.x, p.beta);
    let beyond = select(0.0, curve.y, min(abs(curve.x), abs(bent.x)) > 1e-30) + sum.y;
    let y = sum.x + (beyond + math_rounded(slope * bent.y) * e.scale);
    let linear = math_slope(slope, max(x, 0.0)) + p.beta;
    return select(y, linear, abs(linear) >= 1e38);
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
