//! ReLU and its relatives: piecewise linear or quadratic.

use super::{Activation, Definition, MODERATE, NORMAL, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::functions::{sum_to_odd, times};
use crate::reference::{Kink, Reference};

/// t + s·(x−t) as s·x + t·(1−s), with what the constant term's rounding lost: it may cancel s·x, which
/// two f32 make exactly.
fn line_through(t: f64, s: f64, x: f64) -> f64 {
    let rest = 1.0 - s;
    let rest_lost = (1.0 - rest) - s;
    let constant = t * rest;
    let lost = t.mul_add(rest, -constant) + t * rest_lost;
    sum_to_odd(times(s, x), constant) + lost
}

rows! {
    relu {
        formula: "max(0, x)",
        citation: "Nair & Hinton 2010, Rectified linear units improve restricted Boltzmann machines",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(|x, _| x.max(0.0), |x, _| if x > 0.0 { 1.0 } else { 0.0 })
            .with_kinks(|_| vec![Kink::new(0.0, 0.0)]),
    }

    relu6 {
        formula: "min(max(0, x), 6)",
        citation: "Krizhevsky 2010, Convolutional deep belief networks on CIFAR-10",
        properties: Properties {
            range: (0.0, 6.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, _| x.clamp(0.0, 6.0),
            |x, _| if x > 0.0 && x < 6.0 { 1.0 } else { 0.0 },
        )
        .with_kinks(|_| vec![Kink::new(0.0, 0.0), Kink::new(6.0, 0.0)]),
    }

    leaky_relu {
        parameters: &[Parameter::new("negative_slope", 0.01)],
        rules: &[NORMAL],
        variants: &[&[0.3], &[-0.5]],
        formula: "x if x > 0 else negative_slope * x",
        citation: "Maas et al. 2013, Rectifier nonlinearities improve neural network acoustic models",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { times(p[0], x) },
            |x, p| if x > 0.0 { 1.0 } else { p[0] },
        )
        .with_parameter_derivatives(&[|x, _| x.min(0.0)])
        .with_kinks(|p| vec![Kink::new(0.0, p[0])]),
    }

    prelu {
        parameters: &[Parameter::new("negative_slope", 0.25)],
        rules: &[NORMAL],
        variants: &[&[0.01], &[-1.5]],
        formula: "x if x > 0 else negative_slope * x",
        citation: "He et al. 2015, Delving deep into rectifiers: surpassing human-level performance on ImageNet classification",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { times(p[0], x) },
            |x, p| if x > 0.0 { 1.0 } else { p[0] },
        )
        .with_parameter_derivatives(&[|x, _| x.min(0.0)])
        .with_kinks(|p| vec![Kink::new(0.0, p[0])]),
    }

    rrelu {
        parameters: &[Parameter::new("lower", 1.0 / 8.0), Parameter::new("upper", 1.0 / 3.0)],
        rules: &[MODERATE, Rule { text: "lower must not exceed upper", holds: |p| p[0] <= p[1] }],
        variants: &[&[0.1, 0.9], &[-0.5, 0.25]],
        formula: "x if x > 0 else (lower + upper) / 2 * x",
        citation: "Xu et al. 2015, Empirical evaluation of rectified activations in convolutional network",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| if x > 0.0 { x } else { times((p[0] + p[1]) / 2.0, x) },
            |x, p| if x > 0.0 { 1.0 } else { (p[0] + p[1]) / 2.0 },
        )
        .with_parameter_derivatives(&[
            |x, _| x.min(0.0) / 2.0,
            |x, _| x.min(0.0) / 2.0,
        ])
        .with_kinks(|p| vec![Kink::new(0.0, (p[0] + p[1]) / 2.0)]),
    }

    srelu {
        parameters: &[
            Parameter::new("threshold_left", -1.0),
            Parameter::new("slope_left", 0.1),
            Parameter::new("threshold_right", 1.0),
            Parameter::new("slope_right", 0.1),
        ],
        rules: &[MODERATE, Rule {
            text: "threshold_left must not exceed threshold_right",
            holds: |p| p[0] <= p[2],
        }],
        variants: &[&[-0.5, 2.0, 0.25, 5.0], &[-3.0, 0.01, 0.5, 1.5]],
        formula: "threshold_right + slope_right * (x - threshold_right) if x >= threshold_right else \
                  x if x > threshold_left else \
                  threshold_left + slope_left * (x - threshold_left)",
        citation: "Jin et al. 2015, Deep learning with S-shaped rectified linear activation units",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| {
                if x >= p[2] {
                    line_through(p[2], p[3], x)
                } else if x > p[0] {
                    x
                } else {
                    line_through(p[0], p[1], x)
                }
            },
            |x, p| if x >= p[2] { p[3] } else if x > p[0] { 1.0 } else { p[1] },
        )
        .with_parameter_derivatives(&[
            |x, p| if x <= p[0] && x < p[2] { 1.0 - p[1] } else { 0.0 },
            |x, p| if x <= p[0] && x < p[2] { x - p[0] } else { 0.0 },
            |x, p| if x >= p[2] { 1.0 - p[3] } else { 0.0 },
            |x, p| if x >= p[2] { x - p[2] } else { 0.0 },
        ])
        .with_kinks(|p| {
            let left = if p[0] < p[2] { p[1] } else { p[3] };
            vec![Kink::new(p[0], left), Kink::new(p[2], p[3])]
        }),
    }

    threshold {
        parameters: &[Parameter::new("threshold", 0.0), Parameter::new("value", 0.0)],
        rules: &[NORMAL],
        variants: &[&[0.1, 20.0], &[-1.0, -1.0]],
        formula: "x if x > threshold else value",
        citation: "Paszke et al. 2019, PyTorch: an imperative style, high-performance deep learning library",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| if x > p[0] { x } else { p[1] },
            |x, p| if x > p[0] { 1.0 } else { 0.0 },
        )
        .with_parameter_derivatives(&[
            |_, _| 0.0,
            |x, p| if x > p[0] { 0.0 } else { 1.0 },
        ])
        .with_kinks(|p| vec![Kink::new(p[0], 0.0)]),
    }

    thresholded_relu {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[NORMAL],
        variants: &[&[0.1], &[-2.0]],
        formula: "x if x > alpha else 0",
        citation: "Konda, Memisevic & Krueger 2014, Zero-bias autoencoders and the benefits of co-adapting features",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::Discontinuous,
        },
        reference: Reference::new(
            |x, p| if x > p[0] { x } else { 0.0 },
            |x, p| if x > p[0] { 1.0 } else { 0.0 },
        )
        .with_parameter_derivatives(&[|_, _| 0.0])
        .with_kinks(|p| vec![Kink::new(p[0], 0.0)]),
    }

    squared_relu {
        formula: "max(0, x)^2",
        citation: "So et al. 2021, Primer: searching for efficient transformers for language modeling",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(|x, _| x.max(0.0).powi(2), |x, _| 2.0 * x.max(0.0)),
    }

    star_relu {
        parameters: &[Parameter::new("scale", 0.8944), Parameter::new("bias", -0.4472)],
        rules: &[MODERATE],
        variants: &[&[1.0, 0.0], &[0.3, 1.5]],
        formula: "scale * max(0, x)^2 + bias",
        citation: "Yu et al. 2022, MetaFormer baselines for vision",
        properties: Properties {
            range: (-0.4472, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(
            |x, p| sum_to_odd(times(p[0], x.max(0.0).powi(2)), p[1]),
            |x, p| times(p[0], 2.0 * x.max(0.0)),
        )
        .with_parameter_derivatives(&[
            |x, _| x.max(0.0).powi(2),
            |_, _| 1.0,
        ]),
    }

    smelu {
        parameters: &[Parameter::new("beta", 1.0)],
        rules: &[MODERATE, Rule {
            text: "beta must be positive: it is half the width of the smooth part",
            holds: |p| p[0] > 0.0,
        }],
        variants: &[&[0.1], &[10.0]],
        formula: "0 if x <= -beta else x if x >= beta else (x + beta)^2 / (4 * beta)",
        citation: "Shamir & Lin 2022, Real world large scale recommendation systems reproducibility and smooth activations",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(
            |x, p| if x >= p[0] { x } else { (x + p[0]).max(0.0).powi(2) / (4.0 * p[0]) },
            |x, p| ((x + p[0]) / (2.0 * p[0])).clamp(0.0, 1.0),
        )
        .with_parameter_derivatives(&[|x, p| {
                if x.abs() < p[0] {
                    (1.0 - x / p[0]) * (1.0 + x / p[0]) / 4.0
                } else {
                    0.0
                }
            }]),
    }
}
