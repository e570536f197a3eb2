//! Lines, jumps and the absolute value.

use super::{Activation, Definition, NORMAL, rows};
use crate::activation::{Parameter, Properties, Saturation, Smoothness};
use crate::reference::functions::times;
use crate::reference::{Kink, Reference};

rows! {
    identity {
        formula: "x",
        citation: "Kohonen 1972, Correlation matrix memories",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(|x, _| x, |_, _| 1.0),
    }

    linear {
        parameters: &[Parameter::new("slope", 1.0)],
        rules: &[NORMAL],
        variants: &[&[-2.5], &[0.1]],
        formula: "slope * x",
        citation: "Kohonen 1972, Correlation matrix memories",
        properties: Properties {
            range: (f64::NEG_INFINITY, f64::INFINITY),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Neither,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(|x, p| times(p[0], x), |_, p| p[0])
        .with_parameter_derivatives(&[|x, _| x]),
    }

    step {
        parameters: &[Parameter::new("threshold", 0.0)],
        rules: &[NORMAL],
        variants: &[&[0.5], &[-3.0]],
        formula: "1 if x > threshold else 0",
        citation: "McCulloch & Pitts 1943, A logical calculus of the ideas immanent in nervous activity",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::Discontinuous,
        },
        reference: Reference::new(|x, p| if x > p[0] { 1.0 } else { 0.0 }, |_, _| 0.0)
        .with_parameter_derivatives(&[|_, _| 0.0])
            .with_kinks(|p| vec![Kink::new(p[0], 0.0)]),
    }

    signum {
        formula: "sign(x)",
        citation: "Widrow & Hoff 1960, Adaptive switching circuits",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Discontinuous,
        },
        reference: Reference::new(|x, _| if x == 0.0 { x } else { x.signum() }, |_, _| 0.0)
            .with_kinks(|_| vec![Kink::new(0.0, 0.0)]),
    }

    absolute {
        formula: "abs(x)",
        citation: "Jarrett et al. 2009, What is the best multi-stage architecture for object recognition?",
        properties: Properties {
            range: (0.0, f64::INFINITY),
            monotonic: false,
            zero_centred: false,
            saturates: Saturation::Neither,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, _| x.abs(),
            |x, _| if x == 0.0 { 0.0 } else { x.signum() },
        )
        .with_kinks(|_| vec![Kink::new(0.0, 0.0)]),
    }
}
