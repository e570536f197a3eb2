//! Functions of whole rows in f64.

use crate::activation::{RowActivation, RowFunction};

/// The results of a row; `row` holds its elements.
///
/// Sums are compensated, so that they are as exact as their terms however long the row is.
pub fn forward(activation: &RowActivation, row: &[f64]) -> Vec<f64> {
    forward_masked(activation, row, &vec![Some(0.0); row.len()])
}

/// [`forward`] with what a mask says of each element: what is added to its argument of the exponential,
/// or nothing where it has no part in the row.
pub fn forward_masked(activation: &RowActivation, row: &[f64], mask: &[Option<f64>]) -> Vec<f64> {
    let factor = f64::from(activation.factor());
    let arguments = row.iter().zip(mask);
    let arguments: Vec<_> = arguments
        .map(|(x, mask)| argument(factor, *x, *mask))
        .collect();
    let higher = |a: (f64, f64), b: (f64, f64)| if b > a { b } else { a };
    let largest = arguments.iter().copied().fold(NO_PART, higher);
    let is_log = activation.function() == RowFunction::LogSoftmax;
    if arguments.iter().any(|x| x.0.is_nan()) || largest.0 == f64::INFINITY {
        return vec![f64::NAN; row.len()];
    }
    if largest == NO_PART {
        let empty = if is_log { f64::NEG_INFINITY } else { 0.0 };
        return vec![empty; row.len()];
    }
    let below = |x: &(f64, f64)| (x.0 - largest.0) + (x.1 - largest.1);
    // Without the largest term, whose share is exactly 1: a logarithm near 0 needs what is beside it.
    let first = arguments.iter().position(|&x| x == largest);
    let others = arguments.iter().enumerate();
    let others = others.filter(|&(index, _)| Some(index) != first);
    let beside = sum(others.map(|(_, x)| below(x).exp()));
    let results = arguments.iter().map(|x| {
        if is_log {
            below(x) - beside.ln_1p()
        } else {
            below(x).exp() / (1.0 + beside)
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

/// The argument of an element that has no part in its row.
const NO_PART: (f64, f64) = (f64::NEG_INFINITY, 0.0);

/// An element as it enters the exponential, in two parts: finite where it and its mask are.
fn argument(factor: f64, x: f64, mask: Option<f64>) -> (f64, f64) {
    let product = if x.is_infinite() && factor == 0.0 {
        x * factor.signum()
    } else {
        factor * x
    };
    match mask {
        None => NO_PART,
        Some(mask) if mask == f64::NEG_INFINITY && !x.is_nan() => NO_PART,
        // Whatever is not NaN.
        Some(mask) if mask == f64::INFINITY && !x.is_nan() => (mask, 0.0),
        Some(mask) if product.is_infinite() => (product + mask, 0.0),
        Some(mask) => {
            // Møller 1965, Quasi double-precision in floating point addition.
            let sum = product + mask;
            let added = sum - product;
            (sum, (product - (sum - added)) + (mask - added))
        }
    }
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
        let flat = RowActivation::softmin().with_scale(0.0).unwrap();
        assert_eq!(forward(&flat, &[infinity, 5.0]), [0.0, 1.0]);
        for row in [[infinity, 1.0], [f64::NAN, 1.0]] {
            assert!(forward(&softmax, &row).iter().all(|y| y.is_nan()));
        }
        assert_eq!(
            forward(&RowActivation::log_softmax(), &[-infinity]),
            [-infinity]
        );
    }

    #[test]
    fn masked_rows() {
        let (infinity, softmax) = (f64::INFINITY, RowActivation::softmax());
        // e / (e + e²), whatever the others are.
        let exact = 0.268_941_421_369_995_1;
        let left_out = [Some(0.0), None, Some(0.0), None, Some(-infinity)];
        for other in [7.0, infinity] {
            let row = [1.0, f64::NAN, 2.0, infinity, other];
            let results = forward_masked(&softmax, &row, &left_out);
            assert!((results[0] / exact - 1.0).abs() < 1e-15);
            assert_eq!([results[1], results[3], results[4]], [0.0; 3]);
        }
        let added = forward_masked(
            &RowActivation::softmin(),
            &[3.0, 2.0],
            &[Some(2.5), Some(2.5)],
        );
        assert!((added[0] / exact - 1.0).abs() < 1e-15);
        let added = forward_masked(
            &RowActivation::softmin(),
            &[3.0, 3.0],
            &[Some(1.5), Some(2.5)],
        );
        assert!((added[0] / exact - 1.0).abs() < 1e-15);
        assert_eq!(forward_masked(&softmax, &[1.0; 2], &[None; 2]), [0.0; 2]);
        let log_softmax = RowActivation::log_softmax();
        assert_eq!(
            forward_masked(&log_softmax, &[1.0; 2], &[None; 2]),
            [-infinity; 2]
        );
        for (x, mask) in [
            (f64::NAN, -infinity),
            (1.0, f64::NAN),
            (-infinity, infinity),
        ] {
            let results = forward_masked(&softmax, &[x, 1.0], &[Some(mask), Some(0.0)]);
            assert!(results.iter().all(|y| y.is_nan()), "{x} + {mask}");
        }
    }

    /// ∂yᵢ/∂xⱼ by differences, of elements that a mask leaves out too.
    #[test]
    fn gradients_are_those_of_the_forward_function() {
        let row = [0.3, -1.2, 2.0, 0.9];
        let grad_output = [0.7, -0.4, 1.5, 0.2];
        let masks = [
            [Some(0.0); 4],
            [Some(0.5), None, Some(-1.0), Some(0.0)],
            [None; 4],
        ];
        for activation in [
            RowActivation::softmax(),
            RowActivation::softmin(),
            RowActivation::log_softmax().with_scale(0.5).unwrap(),
        ] {
            for mask in masks {
                let outputs = |row: &[f64]| forward_masked(&activation, row, &mask);
                let gradients = backward(&activation, &outputs(&row), &grad_output);
                for (index, (gradient, _)) in gradients.into_iter().enumerate() {
                    let loss = |shift: f64| {
                        let mut row = row;
                        row[index] += shift;
                        let outputs = outputs(&row);
                        let finite = outputs
                            .iter()
                            .zip(grad_output)
                            .filter(|(y, _)| y.is_finite());
                        finite.map(|(y, g)| y * g).sum::<f64>()
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
}
