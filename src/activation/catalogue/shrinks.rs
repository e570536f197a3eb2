//! Shrinkage: small inputs become zero or nearly so.

use super::{Activation, Definition, NORMAL, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::functions::x_minus_tanh;
use crate::reference::{Kink, Reference};

const LAMBDA_NOT_NEGATIVE: Rule = Rule {
    text: "lambda must not be negative: inputs between -lambda and lambda become zero",
    holds: |p| p[0] >= 0.0,
};

fn kinks_at_lambda(p: &[f64]) -> Vec<Kink> {
    vec![Kink::new(-p[0], 0.0), Kink::new(p[0], 0.0)]
}

fn outside_lambda(x: f64, p: &[f64]) -> f64 {
    if x.abs() > p[0] { 1.0 } else { 0.0 }
}

rows! {
    tanh_shrink {
        formula: "x - tanh(x)",
        citation: "Collobert, Kavukcuoglu & Farabet 2011, Torch7: a Matlab-like environment for machine learning",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(|x, _| x_minus_tanh(x), |x, _| x.tanh().powi(2)),
    }

    hard_shrink {
        parameters: &[Parameter::new("lambda", 0.5)],
        rules: &[NORMAL, LAMBDA_NOT_NEGATIVE],
        variants: &[&[0.01], &[3.0]],
        formula: "x if abs(x) > lambda else 0",
        citation: "Donoho & Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Discontinuous,
        },
        reference: Reference::new(
            |x, p| if x.abs() > p[0] { x } else { 0.0_f64.copysign(x) },
            outside_lambda,
        )
        .with_parameter_derivatives(&[|_, _| 0.0])
        .with_kinks(kinks_at_lambda),
    }

    soft_shrink {
        parameters: &[Parameter::new("lambda", 0.5)],
        rules: &[NORMAL, LAMBDA_NOT_NEGATIVE],
        variants: &[&[0.01], &[3.0]],
        formula: "x + lambda if x < -lambda else x - lambda if x > lambda else 0",
        citation: "Donoho & Johnstone 1994, Ideal spatial adaptation by wavelet shrinkage",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| (x.abs() - p[0]).max(0.0).copysign(x),
            outside_lambda,
        )
        .with_parameter_derivatives(&[|x, p| -x.signum() * outside_lambda(x, p)])
        .with_kinks(kinks_at_lambda),
    }

    shrink {
        parameters: &[Parameter::new("lambda", 0.5), Parameter::new("bias", 0.0)],
        rules: &[NORMAL, LAMBDA_NOT_NEGATIVE],
        variants: &[&[0.5, 0.5], &[1.5, -0.25]],
        formula: "x + bias if x < -lambda else x - bias if x > lambda else 0",
        citation: "ONNX 2019, Open neural network exchange, operator Shrink since version 9",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Discontinuous,
        },
        reference: Reference::new(
            |x, p| if x.abs() > p[0] { x - p[1] * x.signum() } else { 0.0_f64.copysign(x) },
            outside_lambda,
        )
        .with_parameter_derivatives(&[
            |_, _| 0.0,
            |x, p| -x.signum() * outside_lambda(x, p),
        ])
        .with_kinks(kinks_at_lambda),
    }
}
