// erf(x) / x - 1 for x in 0 .. ln 2, as a polynomial of x^2.
// Coefficients: tools/coefficients.py, MATH_ERF_EXCESS.
fn math_erf_excess(x: f32) -> f32 {
    let s = x * x;
    return 0.12837917 + s * (-0.37612626 + s * (0.112835065 + s * (-0.026842553 + s * (0.005133757 + s * -0.0006913944))));
}
