//! Waves.

use super::{Activation, Definition, MODERATE, ONE_FUNCTION, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::Reference;
use crate::reference::functions;

rows! {
    sinusoid {
        formula: "sin(x)",
        citation: "Sitzmann et al. 2020, Implicit neural representations with periodic activation functions",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: false,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| x.sin(), |x, _| x.cos()),
    }

    cosine {
        formula: "cos(x)",
        citation: "Rahimi & Recht 2007, Random features for large-scale kernel machines",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: false,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| x.cos(), |x, _| -x.sin()),
    }

    sinc {
        formula: "sin(x) / x if x != 0 else 1",
        citation: "Elwasif & Fausett 1996, Function approximation using a sinc neural network",
        properties: Properties {
            range: (-0.21723362821122166, 1.0),
            monotonic: false,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(|x, _| functions::sinc(x), |x, _| functions::sinc_slope(x))
            // Near 0 both terms of cos x/x − sin x/x² grow without bound while f′ is a plain series.
            .with_derivative_largest_term(|x, _| {
                if x.abs() < 2.0 || x.is_infinite() {
                    functions::sinc_slope(x).abs()
                } else {
                    (x.cos() / x).abs().max((x.sin() / (x * x)).abs())
                }
            }),
    }

    snake {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[MODERATE, Rule {
            text: "alpha must not be zero, because the formula divides by it",
            holds: |p| p[0] != 0.0,
        }],
        variants: &[&[0.1], &[10.0]],
        formula: "x + sin(alpha * x)^2 / alpha",
        citation: "Ziyin, Hartwig & Ueda 2020, Neural networks fail to learn periodic functions and how to fix it",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            |x, p| if x.is_infinite() { x } else { x + (p[0] * x).sin().powi(2) / p[0] },
            |x, p| 1.0 + (2.0 * p[0] * x).sin(),
        )
        .with_parameter_derivatives(&[|x, p| {
            let (sin, cos) = (p[0] * x).sin_cos();
            sin * (2.0 * p[0] * x * cos - sin) / (p[0] * p[0])
        }])
        .with_parameter_largest_terms(&[|x, p| {
            let (sine, double) = ((p[0] * x).sin(), (2.0 * p[0] * x).sin());
            (x * double / p[0]).abs().max((sine / p[0]).powi(2))
        }])
        .with_derivative_largest_term(|_, _| 1.0),
    }
}
