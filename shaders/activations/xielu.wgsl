//! requires exp, expm1, expm1mx, rest, slope, triple, two_product

const SIXTH = vec3<f32>(0.16666667, -4.967054e-9, 1.4802974e-16);

// c + s p.
fn step(c: vec2<f32>, s: f32, p: vec2<f32>) -> vec2<f32> {
    let product = math_two_product(s, p.x);
    let sum = math_ordered_sum(c.x, product.x);
    return vec2<f32>(sum.x, sum.y + (product.y + (s * p.y + c.y)));
}

// (e^s - 1 - s) / s^2 for |s| up to 2^-6, by its series.
fn series(s: f32) -> vec3<f32> {
    let seventh = vec2<f32>(0.0001984127 + s * 0.000024801588, 0.0);
    let sixth = step(vec2<f32>(0.0013888889, -3.3631094e-11), s, seventh);
    let fifth = step(vec2<f32>(0.008333334, -4.346172e-10), s, sixth);
    let fourth = step(vec2<f32>(0.041666668, -1.2417635e-9), s, fifth);
    let product = math_two_product(s, fourth.x);
    let third = math_triple_sum(SIXTH, vec3<f32>(product.x, product.y + s * fourth.y, 0.0));
    let beyond = math_triple_product(vec3<f32>(s, 0.0, 0.0), third);
    return math_triple_sum(vec3<f32>(0.5, 0.0, 0.0), beyond);
}

// The result for x > -2^24 where it all but cancels. For x < 0 the curve e^x - 1 - x is that of x / 2^12, doubled
// twelve times: that of 2s is twice that of s and (e^s - 1)^2, which cancels nothing.
fn beside_zero(x: f32, p: Parameters) -> f32 {
    let is_near = x > -0x1p-6f;
    var s = clamp(select(max(x, -64.0) * 0x1p-12f, x, is_near), -0x1p-6f, 0.0);
    let quotient = series(s);
    let left = math_triple_product(math_triple_exact(p.alpha_negative, x), quotient);
    let right = math_triple_exact(p.alpha_positive, x);
    let slope = select(left, right, vec3<bool>(x > 0.0));
    let near = math_triple_sum(slope, vec3<f32>(p.beta, 0.0, 0.0));
    var curve = math_triple_product(math_triple_exact(s, s), quotient);
    for (var doubling = 0u; doubling < 12u; doubling++) {
        let power = math_triple_sum(curve, vec3<f32>(s, 0.0, 0.0));
        curve = math_triple_sum(2.0 * curve, math_triple_product(power, power));
        s = 2.0 * s;
    }
    // There e^x counts no more.
    let far = math_two_sum(-x, -1.0);
    let whole = select(curve, vec3<f32>(far, 0.0), vec3<bool>(x < -64.0));
    let bent = math_triple_product(vec3<f32>(p.alpha_negative, 0.0, 0.0), whole);
    let sum = math_triple_sum(math_triple_exact(p.beta, x), bent);
    let y = select(sum, near, vec3<bool>(is_near));
    return select(1.0, x, is_near) * (y.x + (y.y + y.z));
}

// From -2^24 down e^x counts no more; the linear terms are gathered there, so that they cannot be
// infinite with opposite signs.
fn forward(x: f32, p: Parameters) -> f32 {
    let is_positive = x > 0.0;
    let parts = math_expm1mx(clamp(x, -0x1p24f, 0.0));
    let slope = select(p.alpha_negative, p.alpha_positive, is_positive);
    let bent = select(parts.curve, vec2<f32>(min(x, 3.4028234e38), 0.0), vec2<bool>(is_positive));
    // In two parts, because the line cancels the curve where the result crosses zero.
    let curve = math_two_product(slope, bent.x);
    let line = math_two_product(p.beta, parts.line);
    let lesser = select(0.0, curve.y, abs(curve.x) < 1e38) + line.y + slope * bent.y;
    let factor = select(parts.factor, x, is_positive);
    let y = math_slope(math_rounded(curve.x + line.x) + lesser, factor);
    let far = math_slope(p.beta - p.alpha_negative, x) - p.alpha_negative;
    var result = select(y, far, x < -0x1p24f);
    if x >= -0x1p24f && abs(y) < 0x1p-20f * abs(p.beta * x) {
        result = beside_zero(x, p);
    }
    return result;
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
