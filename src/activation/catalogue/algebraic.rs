//! Squashing and bending by quotients, roots and the arctangent.

use std::f64::consts::FRAC_PI_2;

use super::{Activation, Definition, NORMAL, ONE_FUNCTION, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::Reference;
use crate::reference::functions::{
    inverse_square_root_slope, inverse_square_root_unit, sum_to_odd,
};

const ALPHA_NOT_NEGATIVE: Rule = Rule {
    text: "alpha must not be negative, because the formula takes the root of 1 + alpha * x^2",
    holds: |p| p[0] >= 0.0,
};

rows! {
    softsign {
        formula: "x / (1 + abs(x))",
        citation: "Turian, Bergstra & Bengio 2009, Quadratic features and deep architectures for chunking",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::C1,
        },
        reference: Reference::new(
            |x, _| if x.is_infinite() { x.signum() } else { x / (1.0 + x.abs()) },
            |x, _| (1.0 + x.abs()).powi(-2),
        ),
    }

    isru {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[NORMAL, ALPHA_NOT_NEGATIVE],
        variants: &[&[0.01], &[10.0]],
        formula: "x / sqrt(1 + alpha * x^2)",
        citation: "Carlile et al. 2017, Improving deep learning by inverse square root linear units (ISRLUs)",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            |x, p| inverse_square_root_unit(x, p[0]),
            |x, p| inverse_square_root_slope(x, p[0]),
        )
        .with_parameter_derivatives(&[|x, p| -inverse_square_root_unit(x, p[0]).powi(3) / 2.0]),
    }

    isrlu {
        parameters: &[Parameter::new("alpha", 1.0)],
        rules: &[NORMAL, ALPHA_NOT_NEGATIVE],
        variants: &[&[0.01], &[10.0]],
        formula: "x if x >= 0 else x / sqrt(1 + alpha * x^2)",
        citation: "Carlile et al. 2017, Improving deep learning by inverse square root linear units (ISRLUs)",
        properties: Properties {
            range: (-1.0, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Left,
            smoothness: Smoothness::C2,
        },
        reference: Reference::new(
            |x, p| if x >= 0.0 { x } else { inverse_square_root_unit(x, p[0]) },
            |x, p| if x >= 0.0 { 1.0 } else { inverse_square_root_slope(x, p[0]) },
        )
        .with_parameter_derivatives(&[|x, p| -inverse_square_root_unit(x.min(0.0), p[0]).powi(3) / 2.0]),
    }

    arctan {
        formula: "atan(x)",
        citation: "Kamruzzaman 2002, Arctangent activation function to accelerate backpropagation learning",
        properties: Properties {
            range: (-FRAC_PI_2, FRAC_PI_2),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| x.atan(), |x, _| (1.0 + x * x).recip()),
    }

    bent_identity {
        formula: "(sqrt(x^2 + 1) - 1) / 2 + x",
        citation: "Wikipedia 2015, Activation function; no paper is known",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            // x/2·x/(√(x²+1)+1) is the bend without cancellation.
            |x, _| {
                if x.is_infinite() {
                    return x;
                }
                let root = (x * x + 1.0).sqrt();
                if x.abs() > 1e3 {
                    // √(x²+1) = |x| + 1/(√(x²+1)+|x|), of which the first sum is exact.
                    let bend = (root + x.abs()).recip() / 2.0;
                    return sum_to_odd(x + x.abs() / 2.0, bend - 0.5);
                }
                x / 2.0 * (x / (root + 1.0)) + x
            },
            |x, _| inverse_square_root_unit(x, 1.0) / 2.0 + 1.0,
        ),
    }
}
