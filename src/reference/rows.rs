//! Functions of whole rows in f64.

use crate::activation::{RowActivation, RowFunction};

/// The results of a row; `row` holds its elements.
///
/// Sums are compensated, so that they are as exact as their terms however long the row is.
pub fn forward(activation: &RowActivation, row: &[f64]) -> Vec<f64> {
    let factor = f64::from(activation.factor());
    let arguments: Vec<f64> = row.iter().map(|x| argument(factor, *x)).collect();
    let largest = arguments.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    let is_log = activation.function() == RowFunction::LogSoftmax;
    if arguments.iter().any(|x| x.is_nan()) || largest == f64::INFINITY {
        return vec![f64::NAN; row.len()];
    }
    if largest == f64::NEG_INFINITY {
        let empty = if is_log { f64::NEG_INFINITY } else { 0.0 };
        return vec![empty; row.len()];
    }
    // Without the largest term, whose share is exactly 1: a logarithm near 0 needs what is beside it.
    let first = arguments.iter().position(|&x| x == largest);
    let others = arguments.iter().enumerate();
    let others = others.filter(|&(index, _)| Some(index) != first);
    let beside = sum(others.map(|(_, x)| (x - largest).exp()));
    let results = arguments.iter().map(|x| {
        if is_log {
            (x - largest) - beside.ln_1p()
        } else {
            (x - largest).exp() / (1.0 + beside)
        }
    });
    results.collect()
}

/// The gradients of a row's input; `output` holds what [`forward`] gave, `grad_output` the gradients of
/// that.
///
/// Each comes with the magnitude of the larger of the two terms whose difference it is.
pub fn backward(
    activation: &RowActivation,
    output: &[f64],
    grad_output: &[f64],
) -> Vec<(f64, f64)> {
    let factor = f64::from(activation.factor());
    let pairs = || output.iter().zip(grad_output);
    let gradient = |weight: f64, a: f64, b: f64| {
        let weight = weight * factor;
        (weight * (a - b), (weight * a).abs().max((weight * b).abs()))
    };
    match activation.function() {
        RowFunction::LogSoftmax => {
            let has_part = |y: f64| y != f64::NEG_INFINITY;
            let total = sum(pairs().filter(|(y, _)| has_part(**y)).map(|(_, g)| *g));
            let gradients = pairs().map(|(y, g)| match has_part(*y) {
                true => gradient(1.0, *g, y.exp() * total),
                false => (0.0, 0.0),
            });
            gradients.collect()
        }
        RowFunction::Softmax | RowFunction::Softmin => {
            let total = sum(pairs().map(|(y, g)| y * g));
            pairs().map(|(y, g)| gradient(*y, *g, total)).collect()
        }
    }
}

/// An element as it enters the exponential: finite where it is.
fn argument(factor: f64, x: f64) -> f64 {
    if x.is_infinite() && factor == 0.0 {
        return x;
    }
    factor * x
}

/// Neumaier 1974, Rundungsfehleranalyse einiger Verfahren zur Summation endlicher Summen.
pub(super) fn sum(terms: impl Iterator<Item = f64>) -> f64 {
    let (sum, lost) = terms.fold((0.0_f64, 0.0), |(sum, lost), term| {
        let next = sum + term;
        let (large, small) = if sum.abs() >= term.abs() {
            (sum, term)
        } else {
            (term, sum)
        };
        (next, lost + ((large - next) + small))
    });
    sum + lost
}

#[cfg(test)]
mod tests {
    use super::*;

    /// 30 digits of mpmath.
    #[test]
    fn known_rows() {
        let softmax = forward(&RowActivation::softmax(), &[1.0, 2.0, 3.0]);
        let exact = [
            0.090_030_573_170_380_45,
            0.244_728_471_054_797_66,
            0.665_240_955_774_821_9,
        ];
        for (y, exact) in softmax.iter().zip(exact) {
            assert!((y / exact - 1.0).abs() < 1e-15, "{y} instead of {exact}");
        }
        // ln(1 + e^-40) and below.
        let logs = forward(&RowActivation::log_softmax(), &[40.0, 0.0]);
        assert!(
            (logs[0] / -4.248_354_255_291_589e-18 - 1.0).abs() < 1e-15,
            "{}",
            logs[0]
        );
        assert_eq!(logs[1], -40.0);
    }

    #[test]
    fn special_rows() {
        let infinity = f64::INFINITY;
        let softmax = RowActivation::softmax();
        assert_eq!(forward(&softmax, &[-infinity, 0.0]), [0.0, 1.0]);
        assert_eq!(forward(&softmax, &[-infinity; 2]), [0.0; 2]);
        assert_eq!(
            forward(&RowActivation::softmin(), &[infinity, 5.0]),
            [0.0, 1.0]
        );
        for row in [[infinity, 1.0], [f64::NAN, 1.0]] {
            assert!(forward(&softmax, &row).iter().all(|y| y.is_nan()));
        }
        assert_eq!(
            forward(&RowActivation::log_softmax(), &[-infinity]),
            [-infinity]
        );
    }

    /// ∂yᵢ/∂xⱼ by differences.
    #[test]
    fn gradients_are_those_of_the_forward_function() {
        let row = [0.3, -1.2, 2.0, 0.9];
        let grad_output = [0.7, -0.4, 1.5, 0.2];
        for activation in [
            RowActivation::softmax(),
            RowActivation::softmin(),
            RowActivation::log_softmax().with_scale(0.5).unwrap(),
        ] {
            let gradients = backward(&activation, &forward(&activation, &row), &grad_output);
            for (index, (gradient, _)) in gradients.into_iter().enumerate() {
                let loss = |shift: f64| {
                    let mut row = row;
                    row[index] += shift;
                    let outputs = forward(&activation, &row);
                    outputs
                        .iter()
                        .zip(grad_output)
                        .map(|(y, g)| y * g)
                        .sum::<f64>()
                };
                let difference = (loss(1e-6) - loss(-1e-6)) / 2e-6;
                assert!(
                    (gradient - difference).abs() < 1e-9,
                    "{gradient} {difference}"
                );
            }
        }
    }
}
