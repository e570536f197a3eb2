//! requires exp

// (e^r - 1 - r - r^2 / 2) / r^3 on +-0.36, finer than the exponential's own polynomial.
// Coefficients: tools/coefficients.py, MATH_EXPM1MX.
fn math_exp_fine_cubic(r: f32) -> f32 {
    return 0.16666667 + r * (0.041666497 + r * (0.008333204 + r * (0.0013932867 + r * 0.00019947324)));
}

struct MathExpm1mx {
    // x where the value is near 0 and could underflow, else 1
    factor: f32,
    // What is left of e^x - 1 - x and of x without the factor
    curve: f32,
    line: f32,
}

// e^x - 1 - x for x <= 0, within 3 ULP of itself as measured. Near 0 it is r (r / 2 + ...) with r = x;
// with r = x + ln 2 it is half of that and of what is left, ln 2 - 1 - x; below -1, nothing cancels
// in e^x - (1 + x).
fn math_expm1mx(x: f32) -> MathExpm1mx {
    let is_near = x > -0.34657359;
    let r = select((x + 0.693359375) - 0.00021219444, x, is_near);
    let quotient = r * (0.5 + r * math_exp_fine_cubic(r));
    let middle = 0.5 * (r * quotient + ((-0.30685282 - x) - 1.9046542e-9));
    let value = select(math_exp(x) - (1.0 + x), middle, x > -1.0);
    return MathExpm1mx(
        select(1.0, x, is_near),
        select(value, quotient, is_near),
        select(x, 1.0, is_near),
    );
}
