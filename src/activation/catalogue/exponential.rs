//! Exponential linear units, and the exponential itself.

use super::{Activation, Definition, MODERATE, ONE_FUNCTION, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness, derived};
use crate::reference::functions::{
    exp_minus_1_minus_x, exp_minus_1_minus_x_in_two, multiply_add_in_two, sum_to_odd, times,
};
use crate::reference::{Kink, Reference};

/// λ and α of the self-normalising fixed point.
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

/// α·(eˣ−1−x) + β·x for x ≤ 0. The terms cancel at a second zero, near which they need more digits.
fn xielu_left(x: f64, alpha: f64, beta: f64) -> f64 {
    if x < -16.0 {
        // The slopes are joined before they meet −∞. Of a power below f64 the sign still counts.
        let line = sum_to_odd(times(beta - alpha, x), -alpha);
        if x.is_infinite() {
            return line;
        }
        return sum_to_odd(line, alpha * x.exp().max(f64::MIN_POSITIVE));
    }
    let curved = alpha * exp_minus_1_minus_x(x);
    let sum = curved + beta * x;
    if sum.abs() < curved.abs() / 64.0 {
        // The product of two f32 is exact.
        return multiply_add_in_two(alpha, exp_minus_1_minus_x_in_two(x), beta * x);
    }
    sum_to_odd(curved, beta * x)
}

/// α·x² + β·x for finite x > 0.
fn xielu_right(x: f64, alpha: f64, beta: f64) -> f64 {
    let (curved, line) = (alpha * (x * x), beta * x);
    if (curved + line).abs() < curved.abs() / 64.0 {
        // The product of two f32 is exact, and so is what is left of it.
        return x * (alpha * x + beta);
    }
    sum_to_odd(curved, line)
}

/// What the derivative is the sum of: a term that depends on x, and a constant. Far out the constants are
/// joined, where eˣ is what is left of them.
fn xielu_slope(x: f64, p: &[f64]) -> [f64; 2] {
    if x > 0.0 {
        [times(2.0 * p[0], x), p[2]]
    } else if x < -0.7 {
        [p[1] * x.exp(), p[2] - p[1]]
    } else {
        [p[1] * x.exp_m1(), p[2]]
    }
}

/// α·(eˣ−1) for x ≤ 0.
fn elu_left(x: f64, alpha: f64) -> f64 {
    if x.abs() < 1e-6 {
        // Of α·x beside it the curve only tells to which side the sum is rounded.
        sum_to_odd(alpha * x, alpha * x * (x / 2.0 + x * x / 6.0))
    } else {
        alpha * x.exp_m1()
    }
}

/// (1−t)·eᵗ − 1 for t ≤ 0.
fn celu_by_alpha(t: f64) -> f64 {
    if t < -1.0 {
        times(t.exp(), 1.0 - t) - 1.0
    } else {
        -t.exp() * exp_minus_1_minus_x(-t)
    }
}

rows! {
    elu {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[MODERATE],
        variants: &[&[0.01], &[5.0]],
        formula: "x if x > 0 else alpha * (exp(x) - 1)",
        citation: "Clevert, Unterthiner & Hochreiter 2015, Fast and accurate deep network learning by exponential linear units (ELUs)",
        properties: Properties {
            range: (-1.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { elu_left(x, p[0]) },
            |x, p| if x > 0.0 { 1.0 } else { p[0] * x.exp() },
        )
        .with_parameter_derivatives(&[|x, _| x.min(0.0).exp_m1()])
        .with_kinks(|p| if p[0] == 1.0 { vec![] } else { vec![Kink::new(0.0, p[0])] }),
    }

    celu {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[MODERATE, Rule {
            text: "alpha must be positive, because the formula divides by it and is a rectifier only then",
            holds: |p| p[0] > 0.0,
        }],
        variants: &[&[0.01], &[5.0]],
        formula: "x if x > 0 else alpha * (exp(x / alpha) - 1)",
        citation: "Barron 2017, Continuously differentiable exponential linear units",
        properties: Properties {
            range: (-1.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { p[0] * (x / p[0]).exp_m1() },
            |x, p| if x > 0.0 { 1.0 } else { (x / p[0]).exp() },
        )
        .with_parameter_derivatives(&[|x, p| celu_by_alpha(x.min(0.0) / p[0])]),
    }

    selu {
        formula: "1.0507009873554804934193349852946 * \
                  (x if x > 0 else 1.6732632423543772848170429916717 * (exp(x) - 1))",
        citation: "Klambauer et al. 2017, Self-normalizing neural networks",
        properties: Properties {
            range: (-1.7580993408473769, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C0,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(
            |x, _| SELU_SCALE * if x > 0.0 { x } else { SELU_ALPHA * x.exp_m1() },
            |x, _| SELU_SCALE * if x > 0.0 { 1.0 } else { SELU_ALPHA * x.exp() },
        )
        .with_kinks(|_| vec![Kink::new(0.0, SELU_SCALE * SELU_ALPHA)]),
    }

    xielu {
        parameters: &[
            Parameter::new("alpha_positive", 0.8),
            Parameter::new("alpha_negative", 0.8),
            Parameter::new("beta", 0.5),
        ],
        derived: Some(derived::XIELU),
        rules: &[MODERATE],
        variants: &[&[0.1, 2.0, 0.5], &[0.3, 3.0, -0.7], &[0.0, 5.0, 4.0]],
        formula: "alpha_positive * x^2 + beta * x if x > 0 else \
                  alpha_negative * (exp(x) - 1 - x) + beta * x",
        citation: "Huang & Schlag 2024, Deriving activation functions using integration",
        properties: Properties {
            range: (-0.20575122409648214, f64::INFINITY),
            monotonic: false,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(
            |x, p| {
                if x == f64::INFINITY {
                    times(times(p[0], x) + p[2], x)
                } else if x > 0.0 {
                    xielu_right(x, p[0], p[2])
                } else {
                    xielu_left(x, p[1], p[2])
                }
            },
            |x, p| {
                let [curved, constant] = xielu_slope(x, p);
                sum_to_odd(curved, constant)
            },
        )
        .with_parameter_derivatives(&[
            |x, _| x.max(0.0).powi(2),
            |x, _| exp_minus_1_minus_x(x.min(0.0)),
            |x, _| x,
        ])
        .with_derivative_largest_term(|x, p| {
            let [curved, constant] = xielu_slope(x, p);
            curved.abs().max(constant.abs())
        }),
    }

    gaussian {
        formula: "exp(-x^2)",
        citation: "Broomhead & Lowe 1988, Multivariable functional interpolation and adaptive networks",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: false,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(
            |x, _| (-x * x).exp(),
            |x, _| times((-x * x).exp(), -2.0 * x),
        ),
    }

    exponential {
        formula: "exp(x)",
        citation: "Nelder & Wedderburn 1972, Generalized linear models",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| x.exp(), |x, _| x.exp()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// By 60 digits of mpmath, at f32 beside the zero.
    #[test]
    fn xielu_keeps_its_digits_where_its_terms_cancel() {
        let alpha = f64::from(0.8_f32);
        for (x, alpha, beta, exact) in [
            (
                -2.432_484_149_932_861_3,
                alpha,
                0.5,
                -1.105_390_695_662_640_3e-8,
            ),
            (
                -2.432_483_911_514_282_2,
                alpha,
                0.5,
                -6.582_944_937_229_76e-8,
            ),
            (-0.605_859_994_888_305_7, 2.0, 0.5, 6.936_881_918_410_367e-9),
            (
                -100.000_099_182_128_9,
                1.0,
                f64::from(0.99_f32),
                3.814_602_678_176_015_6e-8,
            ),
            (
                -1.862_645_149_230_957e-9,
                1.0,
                2.0_f64.powi(-30),
                -1.077_058_088_760_210_5e-27,
            ),
        ] {
            let actual = xielu_left(x, alpha, beta);
            let error = (actual - exact).abs() / exact.abs();
            assert!(error < 1e-15, "{actual:e} instead of {exact:e} at {x}");
        }
        assert_eq!(xielu_left(f64::NEG_INFINITY, 0.5, 0.5), -0.5);
        // Beside −α the power is not seen, but tells to which side.
        assert_eq!(xielu_left(-1e30, 0.5, 0.5), -0.5_f64.next_down());
    }
}
