//! x times a smooth gate of x: silu, gelu, mish and their relatives.

use std::f64::consts::FRAC_2_PI;

use super::{Activation, Definition, MODERATE, rows};
use crate::activation::{Parameter, Properties, Saturation, Smoothness};
use crate::reference::functions::{
    erf, erf_slope, normal_cdf, normal_density, sech_squared, sigmoid, sigmoid_slope, softplus,
    sum_to_odd, times,
};
use crate::reference::{Kink, Reference};

/// What all rows here but hard_swish share, given the least value.
const fn gate(minimum: f64) -> Properties {
    Properties {
        range: (minimum, f64::INFINITY),
        monotonic: false,
        zero_centred: false,
        saturates: Saturation::Left,
        smoothness: Smoothness::Smooth,
    }
}

/// (x·gate)′ = gate + x·gate′, from its two terms.
type Terms = (f64, f64);

fn sum((gate, slope): Terms) -> f64 {
    gate + slope
}

fn largest((gate, slope): Terms) -> f64 {
    gate.abs().max(slope.abs())
}

fn swish_value(x: f64, beta: f64) -> f64 {
    let z = times(beta, x);
    if z.abs() < 1e-6 {
        // Of x / 2 beside it the curve only tells to which side the sum is rounded.
        return sum_to_odd(x / 2.0, times(z / 4.0, x));
    }
    times(sigmoid(z), x)
}

fn swish_terms(x: f64, beta: f64) -> Terms {
    let z = times(beta, x);
    (sigmoid(z), times(sigmoid_slope(z), z))
}

fn gelu_terms(x: f64) -> Terms {
    (normal_cdf(x), times(normal_density(x), x))
}

/// 2√(2/π)·(x + 0.044715·x³): twice the argument of tanh, since (1 + tanh u)/2 = sigmoid(2u).
fn gelu_tanh_argument(x: f64) -> f64 {
    2.0 * FRAC_2_PI.sqrt() * x * (1.0 + 0.044715 * x * x)
}

fn gelu_tanh_terms(x: f64) -> Terms {
    let z = gelu_tanh_argument(x);
    let slope = 2.0 * FRAC_2_PI.sqrt() * (1.0 + 3.0 * 0.044715 * x * x);
    (sigmoid(z), times(sigmoid_slope(z), x * slope))
}

/// tanh(softplus x) and its slope, by powers of e^−|x|.
fn mish_gate(x: f64) -> Terms {
    let e = (-x.abs()).exp();
    if x > 0.0 {
        let d = 1.0 + 2.0 * e * (1.0 + e);
        ((1.0 + 2.0 * e) / d, 4.0 * e * e * (1.0 + e) / (d * d))
    } else {
        let d = 2.0 + e * (2.0 + e);
        (e * (2.0 + e) / d, 4.0 * e * (1.0 + e) / (d * d))
    }
}

fn mish_terms(x: f64) -> Terms {
    let (gate, slope) = mish_gate(x);
    (gate, times(slope, x))
}

fn tanh_exp_terms(x: f64) -> Terms {
    let e = x.exp();
    (e.tanh(), times(times(sech_squared(e), e), x))
}

fn serf_terms(x: f64) -> Terms {
    let s = softplus(x);
    (erf(s), times(erf_slope(s) * sigmoid(x), x))
}

rows! {
    silu {
        formula: "x * sigmoid(x)",
        citation: "Elfwing, Uchibe & Doya 2018, Sigmoid-weighted linear units for neural network function approximation in reinforcement learning",
        properties: gate(-0.2784645427610738),
        reference: Reference::new(|x, _| times(sigmoid(x), x), |x, _| sum(swish_terms(x, 1.0)))
            .with_derivative_largest_term(|x, _| largest(swish_terms(x, 1.0))),
    }

    swish {
        parameters: &[Parameter::new("beta", 1.0)],
        rules: &[MODERATE],
        variants: &[&[0.1], &[10.0], &[-0.5]],
        formula: "x * sigmoid(beta * x)",
        citation: "Ramachandran, Zoph & Le 2017, Searching for activation functions",
        properties: gate(-0.2784645427610738),
        reference: Reference::new(
            |x, p| swish_value(x, p[0]),
            |x, p| sum(swish_terms(x, p[0])),
        )
        .with_parameter_derivatives(&[|x, p| times(sigmoid_slope(times(p[0], x)), x * x)])
        .with_derivative_largest_term(|x, p| largest(swish_terms(x, p[0]))),
    }

    hard_swish {
        formula: "x * clamp(x + 3, 0, 6) / 6",
        citation: "Howard et al. 2019, Searching for MobileNetV3",
        properties: Properties { smoothness: Smoothness::C0, ..gate(-0.375) },
        reference: Reference::new(
            |x, _| times((x + 3.0).clamp(0.0, 6.0) / 6.0, x),
            |x, _| {
                if x <= -3.0 {
                    0.0
                } else if x < 3.0 {
                    (x + 1.5) / 3.0
                } else {
                    1.0
                }
            },
        )
        .with_kinks(|_| vec![Kink::new(-3.0, 0.0), Kink::new(3.0, 1.0)]),
    }

    quick_gelu {
        formula: "x * sigmoid(1.702 * x)",
        citation: "Hendrycks & Gimpel 2016, Gaussian error linear units (GELUs)",
        properties: gate(-0.16361018963635358),
        reference: Reference::new(
            |x, _| times(sigmoid(1.702 * x), x),
            |x, _| sum(swish_terms(x, 1.702)),
        )
        .with_derivative_largest_term(|x, _| largest(swish_terms(x, 1.702))),
    }

    gelu {
        formula: "x * normal_cdf(x)",
        citation: "Hendrycks & Gimpel 2016, Gaussian error linear units (GELUs)",
        properties: gate(-0.16997120747990366),
        reference: Reference::new(|x, _| times(normal_cdf(x), x), |x, _| sum(gelu_terms(x)))
            .with_derivative_largest_term(|x, _| largest(gelu_terms(x))),
    }

    gelu_tanh {
        formula: "x * (1 + tanh(sqrt(2 / pi) * (x + 0.044715 * x^3))) / 2",
        citation: "Hendrycks & Gimpel 2016, Gaussian error linear units (GELUs)",
        properties: gate(-0.17004075057125405),
        reference: Reference::new(
            |x, _| times(sigmoid(gelu_tanh_argument(x)), x),
            |x, _| sum(gelu_tanh_terms(x)),
        )
        .with_derivative_largest_term(|x, _| largest(gelu_tanh_terms(x))),
    }

    mish {
        formula: "x * tanh(softplus(x))",
        citation: "Misra 2019, Mish: a self regularized non-monotonic activation function",
        properties: gate(-0.3088434130172504),
        reference: Reference::new(|x, _| times(mish_gate(x).0, x), |x, _| sum(mish_terms(x)))
            .with_derivative_largest_term(|x, _| largest(mish_terms(x))),
    }

    tanh_exp {
        formula: "x * tanh(exp(x))",
        citation: "Liu & Di 2020, TanhExp: a smooth activation function with high convergence speed for lightweight neural networks",
        properties: gate(-0.35328577784821127),
        reference: Reference::new(|x, _| times(x.exp().tanh(), x), |x, _| sum(tanh_exp_terms(x)))
            .with_derivative_largest_term(|x, _| largest(tanh_exp_terms(x))),
    }

    serf {
        formula: "x * erf(softplus(x))",
        citation: "Nag et al. 2021, Serf: towards better training of deep neural networks using log-softplus error activation function",
        properties: gate(-0.3484374587596064),
        reference: Reference::new(|x, _| times(erf(softplus(x)), x), |x, _| sum(serf_terms(x)))
            .with_derivative_largest_term(|x, _| largest(serf_terms(x))),
    }
}
