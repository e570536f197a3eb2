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

/// eˣ−1−x for finite x, as a sum of two f64 of some hundred digits in binary: for where it cancels
/// another term.
pub fn exp_minus_1_minus_x_in_two(x: f64) -> (f64, f64) {
    let halvings = ((x.abs().log2() + 4.0).ceil() as i32).max(0);
    let mut x = x / 2.0_f64.powi(halvings);
    // x²/2 + x³/6 + …, from the least term on.
    let mut sum = (0.0, 0.0);
    for k in (3..=24).rev() {
        sum = divided(multiplied(added((1.0, 0.0), sum), (x, 0.0)), f64::from(k));
    }
    let mut sum = multiplied(added((1.0, 0.0), sum), product(x, x / 2.0));
    for _ in 0..halvings {
        // e²ˣ−1−2x = 2(eˣ−1−x) + (eˣ−1)²
        let power = added((x, 0.0), sum);
        sum = added((2.0 * sum.0, 2.0 * sum.1), multiplied(power, power));
        x *= 2.0;
    }
    sum
}

/// a·b, with what its rounding lost.
fn product(a: f64, b: f64) -> (f64, f64) {
    let product = a * b;
    (product, a.mul_add(b, -product))
}

/// The sum of two sums of two (Knuth 1969, The art of computer programming, volume 2, 4.2.2).
fn added(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let sum = a.0 + b.0;
    let share = sum - a.0;
    let lost = (a.0 - (sum - share)) + (b.0 - share);
    normalised(sum, lost + (a.1 + b.1))
}

fn multiplied(a: (f64, f64), b: (f64, f64)) -> (f64, f64) {
    let (product, lost) = product(a.0, b.0);
    normalised(product, lost + (a.0 * b.1 + a.1 * b.0))
}

fn divided(a: (f64, f64), b: f64) -> (f64, f64) {
    let quotient = a.0 / b;
    let rest = (-quotient).mul_add(b, a.0) + a.1;
    normalised(quotient, rest / b)
}

/// The same sum, with no digit of the second part within the first.
fn normalised(large: f64, small: f64) -> (f64, f64) {
    let sum = large + small;
    (sum, small - (sum - large))
}

/// a + b, but with an odd last bit where the sum is not exact: rounded once more, to 16 bits, it goes
/// the right way even from halfway between two numbers (Boldo & Melquiond 2008, Emulation of FMA and
/// correctly rounded sums: proved algorithms using rounding to odd).
pub fn sum_to_odd(a: f64, b: f64) -> f64 {
    let (sum, lost) = added((a, 0.0), (b, 0.0));
    if lost == 0.0 || sum == 0.0 || !lost.is_finite() {
        return a + b;
    }
    let outward = (lost > 0.0) == (sum > 0.0);
    match (sum.to_bits(), outward) {
        (bits, _) if bits % 2 == 1 => sum,
        (bits, true) => f64::from_bits(bits + 1),
        (bits, false) => f64::from_bits(bits - 1),
    }
}

/// a·(y₀+y₁) + b, rounded about once.
pub fn multiply_add_in_two(a: f64, (y0, y1): (f64, f64), b: f64) -> f64 {
    let (sum, lost) = added(product(a, y0), (b, 0.0));
    sum + (lost + a * y1)
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sum_that_is_not_exact_is_odd_and_on_its_side() {
        let tiny = 1e-30;
        assert_eq!(sum_to_odd(1.0, tiny), 1.0_f64.next_up());
        assert_eq!(sum_to_odd(1.0, -tiny), 1.0_f64.next_down());
        assert_eq!(sum_to_odd(-tiny, -1.0), -1.0_f64.next_up());
        let odd = 1.0_f64.next_up();
        assert_eq!(sum_to_odd(odd, tiny), odd);
        assert_eq!(sum_to_odd(0.75, -0.5), 0.25);
        assert_eq!(sum_to_odd(1.0, -1.0), 0.0);
        assert_eq!(sum_to_odd(f64::NEG_INFINITY, 1.0), f64::NEG_INFINITY);
        assert!(sum_to_odd(f64::INFINITY, f64::NEG_INFINITY).is_nan());
    }

    /// Each nearest f64 with what is left of 60 digits of mpmath.
    #[test]
    fn two_numbers_hold_twice_the_digits() {
        for (x, large, small) in [
            (-0.1, 0.0048374180359595734, 2.528658840046705e-19),
            (-1e-20, 5e-41, -1.9494834912397167e-57),
            (-3.0, 2.049787068367864, -1.194443353355623e-16),
            (-30.0, 29.000000000000092, 1.2056740395887218e-15),
            (-60.0, 59.0, 8.75651076269652e-27),
            (0.4, 0.09182469764127033, 3.4465650470333193e-18),
            (5.0, 142.4131591025766, 3.4863514900464198e-15),
        ] {
            let (first, second): (f64, f64) = exp_minus_1_minus_x_in_two(x);
            let (large, small): (f64, f64) = (large, small);
            let error = ((first - large) + (second - small)).abs() / large;
            assert!(error < 1e-29, "{first:e} + {second:e} at {x}: {error:e}");
        }
    }
}
