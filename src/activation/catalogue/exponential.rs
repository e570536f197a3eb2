//! Exponential linear units, and the exponential itself.

use super::{Activation, Definition, MODERATE, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::functions::{exp_minus_1_minus_x, times};
use crate::reference::{Kink, Reference};

/// λ and α of the self-normalising fixed point.
const SELU_SCALE: f64 = 1.050_700_987_355_480_5;
const SELU_ALPHA: f64 = 1.673_263_242_354_377_2;

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
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { p[0] * x.exp_m1() },
            |x, p| if x > 0.0 { 1.0 } else { p[0] * x.exp() },
        )
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
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { p[0] * (x / p[0]).exp_m1() },
            |x, p| if x > 0.0 { 1.0 } else { (x / p[0]).exp() },
        ),
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
        rules: &[MODERATE],
        variants: &[&[0.1, 2.0, 0.5], &[0.3, 3.0, -0.7]],
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
                if x > 0.0 {
                    times(times(p[0], x) + p[2], x)
                } else if x < -1.0 {
                    // Grouped so that both slopes are joined before they meet −∞.
                    p[1] * x.exp_m1() + times(p[2] - p[1], x)
                } else {
                    p[1] * exp_minus_1_minus_x(x) + p[2] * x
                }
            },
            |x, p| if x > 0.0 { times(2.0 * p[0], x) + p[2] } else { p[1] * x.exp_m1() + p[2] },
        )
        .with_derivative_largest_term(|x, p| {
            let curved = if x > 0.0 { times(2.0 * p[0], x) } else { p[1] * x.exp_m1() };
            curved.abs().max(p[2].abs())
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
        reference: Reference::new(|x, _| x.exp(), |x, _| x.exp()),
    }
}
