//! The logistic function and the hyperbolic tangent, with their hard and rescaled forms.

use super::{Activation, Definition, MODERATE, NORMAL, ONE_FUNCTION, rows};
use crate::activation::{Parameter, Properties, Rule, Saturation, Smoothness};
use crate::reference::functions::{self, sech_squared, sigmoid_slope, softplus, sum_to_odd, times};
use crate::reference::{Kink, Reference};

/// Whether hard_sigmoid is neither 0 nor 1: the sum itself could round onto a bound; the product is
/// exact.
fn is_inside(x: f64, p: &[f64]) -> bool {
    let product = times(p[0], x);
    product > -p[1] && product < 1.0 - p[1]
}

rows! {
    sigmoid {
        formula: "1 / (1 + exp(-x))",
        citation: "Rumelhart, Hinton & Williams 1986, Learning representations by back-propagating errors",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| functions::sigmoid(x), |x, _| sigmoid_slope(x)),
    }

    hard_sigmoid {
        parameters: &[Parameter::new("alpha", 1.0 / 6.0), Parameter::new("beta", 1.0 / 2.0)],
        rules: &[MODERATE],
        variants: &[&[0.2, 0.5], &[-1.0, 0.25]],
        formula: "clamp(alpha * x + beta, 0, 1)",
        citation: "Courbariaux, Bengio & David 2015, BinaryConnect: training deep neural networks with binary weights during propagations",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| sum_to_odd(times(p[0], x), p[1]).clamp(0.0, 1.0),
            |x, p| {
                if is_inside(x, p) { p[0] } else { 0.0 }
            },
        )
        .with_parameter_derivatives(&[
            |x, p| if is_inside(x, p) { x } else { 0.0 },
            |x, p| if is_inside(x, p) { 1.0 } else { 0.0 },
        ])
        .with_kinks(|p| {
            let at = |bound: f64| Kink::new((bound - p[1]) / p[0], 0.0);
            if p[0] == 0.0 { vec![] } else { vec![at(0.0), at(1.0)] }
        }),
    }

    log_sigmoid {
        formula: "ln(sigmoid(x))",
        citation: "Collobert, Kavukcuoglu & Farabet 2011, Torch7: a Matlab-like environment for machine learning",
        properties: Properties {
            range: (f64::NEG_INFINITY, 0.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Right,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| -softplus(-x), |x, _| functions::sigmoid(-x)),
    }

    log_log {
        formula: "1 - exp(-exp(x))",
        citation: "Gomes & Ludermir 2008, Complementary log-log and probit: activation functions implemented in artificial neural networks",
        properties: Properties {
            range: (0.0, 1.0),
            monotonic: true,
            zero_centred: false,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            |x, _| -(-x.exp()).exp_m1(),
            |x, _| times((-x.exp()).exp(), x.exp()),
        ),
    }

    symmetrical_sigmoid {
        formula: "(1 - exp(-x)) / (1 + exp(-x))",
        citation: "Fausett 1994, Fundamentals of neural networks: architectures, algorithms, and applications",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| (x / 2.0).tanh(), |x, _| 2.0 * sigmoid_slope(x)),
    }

    tanh {
        formula: "tanh(x)",
        citation: "LeCun et al. 1998, Efficient backprop",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        bound: ONE_FUNCTION,
        reference: Reference::new(|x, _| x.tanh(), |x, _| sech_squared(x)),
    }

    lecun_tanh {
        formula: "1.7159 * tanh(2 * x / 3)",
        citation: "LeCun et al. 1998, Efficient backprop",
        properties: Properties {
            range: (-1.7159, 1.7159),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::Smooth,
        },
        reference: Reference::new(
            |x, _| 1.7159 * (2.0 * x / 3.0).tanh(),
            |x, _| 1.7159 * 2.0 / 3.0 * sech_squared(2.0 * x / 3.0),
        ),
    }

    hard_tanh {
        parameters: &[Parameter::new("min", -1.0), Parameter::new("max", 1.0)],
        rules: &[NORMAL, Rule { text: "min must not exceed max", holds: |p| p[0] <= p[1] }],
        variants: &[&[0.0, 6.0], &[-2.0, 0.5]],
        formula: "clamp(x, min, max)",
        citation: "Collobert 2004, Large scale machine learning",
        properties: Properties {
            range: (-1.0, 1.0),
            monotonic: true,
            zero_centred: true,
            saturates: Saturation::Both,
            smoothness: Smoothness::C0,
        },
        reference: Reference::new(
            |x, p| x.max(p[0]).min(p[1]),
            |x, p| if x > p[0] && x < p[1] { 1.0 } else { 0.0 },
        )
        .with_parameter_derivatives(&[
            |x, p| if x <= p[0] && x < p[1] { 1.0 } else { 0.0 },
            |x, p| if x >= p[1] { 1.0 } else { 0.0 },
        ])
        .with_kinks(|p| vec![Kink::new(p[0], 0.0), Kink::new(p[1], 0.0)]),
    }
}
