//! Softplus and its algebraic and sparse relatives: smooth rectifiers.

use super::{Activation, Definition, MODERATE, ONE_FUNCTION, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::functions::{self, sigmoid, times};
use crate::reference::{Kink, Reference};

/// (x+√(x²+b))/2, by its conjugate where the sum would cancel.
fn squareplus_forward(x: f64, b: f64) -> f64 {
    let root = (x * x + b).sqrt();
    if x >= 0.0 {
        (x + root) / 2.0
    } else {
        b / (root - x) / 2.0
    }
}

fn squareplus_derivative(x: f64, b: f64) -> f64 {
    if x == 0.0 {
        0.5
    } else if x == f64::INFINITY {
        1.0
    } else {
        squareplus_forward(x, b) / (x * x + b).sqrt()
    }
}

rows! {
    softplus {
        parameters: &[Parameter::new("beta", 1.0)],
        rules: &[MODERATE, Rule {
            text: "beta must be positive, because the formula divides by it and is a rectifier only then",
            holds: |p| p[0] > 0.0,
        }],
        variants: &[&[0.1], &[10.0]],
        formula: "ln(1 + exp(beta * x)) / beta",
        citation: "Dugas et al. 2000, Incorporating second-order functional knowledge for better option pricing",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(
            |x, p| functions::softplus(p[0] * x) / p[0],
            |x, p| sigmoid(p[0] * x),
        )
        .with_parameter_derivatives(&[|x, p| {
                let t = (p[0] * x).abs();
                -(times(sigmoid(-t), t) + functions::softplus(-t)) / (p[0] * p[0])
            }]),
    }

    squareplus {
        parameters: &[Parameter::new("b", 4.0)],
        rules: &[MODERATE, Rule {
            text: "b must not be negative, because the formula takes the root of x^2 + b",
            holds: |p| p[0] >= 0.0,
        }],
        variants: &[&[0.0], &[0.01], &[100.0]],
        formula: "(x + sqrt(x^2 + b)) / 2",
        citation: "Barron 2021, Squareplus: a softplus-like algebraic rectifier",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            |x, p| squareplus_forward(x, p[0]),
            |x, p| squareplus_derivative(x, p[0]),
        )
        .with_parameter_derivatives(&[|x, p| 0.25 / (x * x + p[0]).sqrt()])
        // With b = 0 it is (x + |x|)/2, and |x| has the derivative 0 at 0.
        .with_kinks(|p| if p[0] == 0.0 { vec![Kink::new(0.0, 0.5)] } else { vec![] }),
    }

    sparse_plus {
        formula: "0 if x <= -1 else x if x >= 1 else (x + 1)^2 / 4",
        citation: "Blondel, Martins & Niculae 2020, Learning with Fenchel-Young losses",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(
            |x, _| if x >= 1.0 { x } else { (x + 1.0).max(0.0).powi(2) / 4.0 },
            |x, _| ((x + 1.0) / 2.0).clamp(0.0, 1.0),
        ),
    }

    sparse_sigmoid {
        formula: "clamp((x + 1) / 2, 0, 1)",
        citation: "Martins & Astudillo 2016, From softmax to sparsemax: a sparse model of attention and multi-label classification",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, _| ((x + 1.0) / 2.0).clamp(0.0, 1.0),
            |x, _| match x.abs() {
                size if size < 1.0 => 0.5,
                // JAX, which alone has this one, halves the slope where a clamp begins.
                1.0 => 0.25,
                _ => 0.0,
            },
        )
        .with_kinks(|_| vec![Kink::new(-1.0, 0.25), Kink::new(1.0, 0.25)]),
    }
}
