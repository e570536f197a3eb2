//! Special functions in f64 that the references are made of, in forms that neither cancel nor
//! overflow.

use std::f64::consts::{FRAC_1_SQRT_2, FRAC_2_SQRT_PI, TAU};

/// a·x where a vanishing a wins over an infinite x: the limit of the product wherever a falls faster
/// than x grows, as in x·e⁻ˣ, or is zero itself.
pub fn times(a: f64, x: f64) -> f64 {
    if a == 0.0 && x.is_infinite() {
        return 0.0;
    }
    a * x
}

/// The logistic function 1/(1+e⁻ˣ), without overflow.
pub fn sigmoid(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    if x < 0.0 {
        e / (1.0 + e)
    } else {
        1.0 / (1.0 + e)
    }
}

/// The derivative of [`sigmoid`]: sigmoid(x)·sigmoid(−x).
pub fn sigmoid_slope(x: f64) -> f64 {
    let e = (-x.abs()).exp();
    e / ((1.0 + e) * (1.0 + e))
}

/// ln(1+eˣ).
pub fn softplus(x: f64) -> f64 {
    x.max(0.0) + (-x.abs()).exp().ln_1p()
}

/// 1−tanh²x, without the cancellation.
pub fn sech_squared(x: f64) -> f64 {
    4.0 * sigmoid_slope(2.0 * x)
}

/// eˣ−1−x, for x below +∞.
pub fn exp_minus_1_minus_x(x: f64) -> f64 {
    if x.abs() > 0.5 {
        return x.exp_m1() - x;
    }
    let mut term = x * x / 2.0;
    let mut sum = 0.0;
    for k in 3..=16 {
        sum += term;
        term *= x / f64::from(k);
    }
    sum
}

/// x−tanh x.
pub fn x_minus_tanh(x: f64) -> f64 {
    if x.abs() > 1.0 {
        return x - x.tanh();
    }
    // The numerator of (x·cosh x − sinh x)/cosh x, whose series has no cancellation.
    odd_series(x, x * x) / x.cosh()
}

/// sin x/x.
pub fn sinc(x: f64) -> f64 {
    if x == 0.0 {
        1.0
    } else if x.is_infinite() {
        0.0
    } else {
        x.sin() / x
    }
}

/// The derivative of [`sinc`]: (x·cos x − sin x)/x².
pub fn sinc_slope(x: f64) -> f64 {
    if x == 0.0 || x.is_infinite() {
        0.0
    } else if x.abs() < 1.0 {
        odd_series(x, -x * x) / (x * x)
    } else {
        (x.cos() - x.sin() / x) / x
    }
}

/// Σ x·qᵏ·2k/(2k+1)! over k ≥ 1: x·cosh x − sinh x for q = x², x·cos x − sin x for q = −x².
fn odd_series(x: f64, q: f64) -> f64 {
    let mut term = x;
    let mut sum = -0.0; // Keeps the sign of a zero.
    for k in 1..=10 {
        let even = f64::from(2 * k);
        term *= q / (even * (even + 1.0));
        sum += even * term;
    }
    sum
}

/// Φ(x), the normal distribution.
pub fn normal_cdf(x: f64) -> f64 {
    libm::erfc(-x * FRAC_1_SQRT_2) / 2.0
}

/// φ(x) = Φ′(x).
pub fn normal_density(x: f64) -> f64 {
    (-x * x / 2.0).exp() / TAU.sqrt()
}

/// erf x.
pub fn erf(x: f64) -> f64 {
    libm::erf(x)
}

/// The derivative of [`erf`].
pub fn erf_slope(x: f64) -> f64 {
    FRAC_2_SQRT_PI * (-x * x).exp()
}

/// x/√(1+αx²), for α ≥ 0.
pub fn inverse_square_root_unit(x: f64, alpha: f64) -> f64 {
    if x.is_infinite() && alpha > 0.0 {
        return x.signum() / alpha.sqrt();
    }
    x / (1.0 + times(alpha, x * x)).sqrt()
}

/// The derivative of [`inverse_square_root_unit`].
pub fn inverse_square_root_slope(x: f64, alpha: f64) -> f64 {
    (1.0 + times(alpha, x * x)).sqrt().recip().powi(3)
}
