//! requires argument, exp, near_zero, normal_tail, quotient, sign

// erf x = x + x E(x^2) with a polynomial E up to 1, and 1 - erfc x from there on; erfc x = 2 Phi(-a) with
// a = sqrt(2) x, from the normal distribution's tail, whose factor e^(-x^2) is taken from x^2 in two
// parts. Derived here. Coefficients: tools/coefficients.py, MATH_ERF.

// erf(x) / x - 1 for z = x^2 in 0 .. 1.
fn math_erf_excess(z: f32) -> f32 {
    let high = -0.026853347 + z * (0.005187162 + z * (-0.0007997853 + z * 0.00007806903));
    return 0.12837917 + z * (-0.37612626 + z * (0.11283579 + z * high));
}

// erfc x for x >= 0.
fn math_erfc_tail(x: f32) -> f32 {
    // There it has long vanished.
    let bounded = min(x, 10.5);
    let a = bounded + bounded * 0.41421357;
    let near = 2.0 * math_normal_near(min(a, 2.0));
    // From a = 2 on Mills' ratio, as its distance to 1 / a, over the square root of pi in two parts.
    let b = max(a, 2.0);
    let terms = math_mills_terms(b);
    let ratio = 1.0 - terms.y / (b * terms.x + terms.y);
    let scaled = vec2<f32>(0.5625 * ratio, 0.0016895835 * ratio);
    let far = math_quotient(scaled, math_divisor(max(bounded, 1.0)));
    let square = math_squared_argument(bounded);
    return math_exp_times(math_exp_parts(-square.x, -square.y), select(near, far, a > 2.0));
}

// Measured: within 3.1 ULP for x in -3.4028235e38 .. 9.19.
fn math_erfc(x: f32) -> f32 {
    let tail = math_erfc_tail(abs(x));
    return select(tail, 2.0 - tail, x < 0.0);
}

// Measured: within 1.5 ULP for x in -3.4028235e38 .. 3.4028235e38.
fn math_erf(x: f32) -> f32 {
    let near = min(abs(x), 1.0);
    let far = 1.0 - math_erfc_tail(max(abs(x), 1.0));
    let y = select(near + near * math_erf_excess(near * near), far, abs(x) > 1.0);
    // 2 / sqrt(pi)
    return math_near_zero(clamp(x, -1.0, 1.0), 1.1283792, math_with_sign(y, x));
}
