//! requires exp

// e^t - 1 = (2^n - 1) + 2^n (e^r - 1): for n = 0 nothing cancels, else the first term leads.
// Measured: within 1.1 ULP.

// e^(hi + lo) - 1 for hi up to 88.
fn math_expm1(hi: f32, lo: f32) -> f32 {
    let e = math_exp_parts(hi, lo);
    let scale = e.first * e.second;
    return ((scale - 1.0) + scale * e.head) + scale * e.tail;
}
