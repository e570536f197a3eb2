//! The statistics of numbers, by two passes in f64.

use crate::activation::Activation;

/// What there is to know of numbers.
#[derive(Clone, Copy, Debug, PartialEq)]
#[non_exhaustive]
pub struct Exact {
    /// How many are finite, NaN and infinite.
    pub counts: [u64; 3],
    /// The mean of the finite ones; NaN where there is none, as the others are.
    pub mean: f64,
    /// Their mean square distance from the mean.
    pub variance: f64,
    /// The smallest.
    pub minimum: f64,
    /// The largest.
    pub maximum: f64,
}

/// The statistics of these numbers, of which f32's largest is finite and what is beyond it is not.
pub fn exact(numbers: &[f64]) -> Exact {
    let is_finite = |x: f64| (x as f32).is_finite();
    let finite: Vec<f64> = numbers.iter().copied().filter(|&x| is_finite(x)).collect();
    let nan = numbers.iter().filter(|x| x.is_nan()).count();
    let infinite = numbers.len() - nan - finite.len();
    let count = finite.len() as f64;
    let mean = finite.iter().sum::<f64>() / count;
    let squares = finite.iter().map(|x| (x - mean) * (x - mean));
    Exact {
        counts: [finite.len(), nan, infinite].map(|count| count as u64),
        mean,
        variance: squares.sum::<f64>() / count,
        minimum: finite.iter().copied().fold(f64::NAN, f64::min),
        maximum: finite.iter().copied().fold(f64::NAN, f64::max),
    }
}

/// Of an activation's input, its output and |f′|, where it has a reference.
pub fn of(activation: &Activation, input: &[f64]) -> Option<[Exact; 3]> {
    let (reference, parameters) = (activation.reference()?, activation.values_f64());
    let output = input.iter().map(|&x| reference.forward_at(x, &parameters));
    let slope = input
        .iter()
        .map(|&x| reference.derivative_at(x, &parameters).abs());
    Some([
        exact(input),
        exact(&output.collect::<Vec<_>>()),
        exact(&slope.collect::<Vec<_>>()),
    ])
}
