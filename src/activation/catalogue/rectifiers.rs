//! ReLU and its relatives: piecewise linear or quadratic.

use super::{Activation, Definition, rows};
use crate::activation::{Parameter, Properties, Saturation, Smoothness};
use crate::reference::{Kink, Reference};

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
        reference: Reference::new(|x, _| if x > 0.0 { x } else { 0.0 }, |x, _| if x > 0.0 { 1.0 } else { 0.0 })
            .with_kinks(|_| vec![Kink { x: 0.0, derivative: 0.0 }]),
    }

    leaky_relu {
        parameters: &[Parameter::new("negative_slope", 0.01)],
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
            |x, p| if x > 0.0 { x } else { p[0] * x },
            |x, p| if x > 0.0 { 1.0 } else { p[0] },
        )
        .with_kinks(|p| vec![Kink { x: 0.0, derivative: p[0] }]),
    }
}
