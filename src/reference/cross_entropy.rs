//! Softmax with cross-entropy in f64.

use super::rows::sum;
use crate::activation::{CrossEntropy, Reduction};

/// The loss of a row of logits; NaN where the target is no class.
pub fn forward(loss: &CrossEntropy, row: &[f64], target: i64) -> f64 {
    if target == loss.ignore_index() {
        return 0.0;
    }
    let (Some(class), Some((largest, beside))) = (class(row, target), normal(row)) else {
        return f64::NAN;
    };
    let smoothing = f64::from(loss.label_smoothing());
    // 0 where it has no weight, however far.
    let own = match 1.0 - smoothing {
        0.0 => 0.0,
        kept => kept * (largest - row[class]),
    };
    let shared = match smoothing {
        0.0 => 0.0,
        smoothing => smoothing * sum(row.iter().map(|x| (largest - x) / row.len() as f64)),
    };
    // A sum of infinite terms that is compensated is NaN.
    let shared = if shared.is_nan() {
        f64::INFINITY
    } else {
        shared
    };
    own + shared + beside.ln_1p()
}

/// The loss of all rows, from those of each and their targets; that of each row where they are not
/// reduced.
pub fn reduce(loss: &CrossEntropy, losses: &[f64], targets: &[i64]) -> Vec<f64> {
    let count = counted(loss, targets) as f64;
    let total = || match losses.iter().copied().reduce(|a, b| a + b) {
        Some(total) if !total.is_finite() => total,
        _ => sum(losses.iter().copied()),
    };
    match loss.reduction() {
        Reduction::None => losses.to_vec(),
        Reduction::Mean => vec![total() / count],
        Reduction::Sum => vec![total()],
    }
}

/// How many rows are not ignored.
pub fn counted(loss: &CrossEntropy, targets: &[i64]) -> usize {
    let counted = targets.iter();
    counted
        .filter(|&&target| target != loss.ignore_index())
        .count()
}

/// The gradients of a row's logits where that of its loss is 1, each with the magnitude of the larger of
/// the two terms whose difference it is.
pub fn backward(loss: &CrossEntropy, row: &[f64], target: i64) -> Vec<(f64, f64)> {
    if target == loss.ignore_index() {
        return vec![(0.0, 0.0); row.len()];
    }
    let (Some(class), Some((largest, beside))) = (class(row, target), normal(row)) else {
        return vec![(f64::NAN, 0.0); row.len()];
    };
    let smoothing = f64::from(loss.label_smoothing());
    let shared = smoothing / row.len() as f64;
    let gradient = |(index, x): (usize, &f64)| {
        let probability = (x - largest).exp() / (1.0 + beside);
        let (a, b) = match index == class {
            // probability - 1, where that would cancel.
            true if *x == largest => (-beside / (1.0 + beside), shared - smoothing),
            true => (probability - 1.0, shared - smoothing),
            false => (probability, shared),
        };
        (a - b, a.abs().max(b.abs()))
    };
    row.iter().enumerate().map(gradient).collect()
}

fn class(row: &[f64], target: i64) -> Option<usize> {
    usize::try_from(target)
        .ok()
        .filter(|&class| class < row.len())
}

/// The largest logit of a row and the sum of the others' exponentials, relative to it.
fn normal(row: &[f64]) -> Option<(f64, f64)> {
    let largest = row.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if row.iter().any(|x| x.is_nan()) || largest.is_infinite() {
        return None;
    }
    let first = row.iter().position(|&x| x == largest);
    let others = row.iter().enumerate();
    let others = others.filter(|&(index, _)| Some(index) != first);
    Some((largest, sum(others.map(|(_, x)| (x - largest).exp()))))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn smooth(label_smoothing: f32) -> CrossEntropy {
        CrossEntropy::default()
            .with_label_smoothing(label_smoothing)
            .unwrap()
    }

    /// 30 digits of mpmath.
    #[test]
    fn known_losses() {
        let row = [1.0, 2.0, 3.0];
        for (smoothing, target, exact) in [
            (0.0, 0, 2.407_605_964_444_38),
            (0.0, 2, 0.407_605_964_444_380_2),
            (0.5, 0, 1.907_605_964_444_380_2),
            (0.25, 2, 0.657_605_964_444_380_2),
        ] {
            let loss = forward(&smooth(smoothing), &row, target);
            assert!(
                (loss / exact - 1.0).abs() < 1e-15,
                "{loss} instead of {exact}"
            );
        }
        // ln(1 + e^-40).
        let loss = forward(&smooth(0.0), &[40.0, 0.0], 0);
        assert!(
            (loss / 4.248_354_255_291_589e-18 - 1.0).abs() < 1e-15,
            "{loss}"
        );
    }

    #[test]
    fn gradients_are_those_of_the_loss() {
        let row = [0.3, -1.2, 2.0, 0.9];
        for loss in [smooth(0.0), smooth(0.1), smooth(1.0)] {
            for target in 0..4 {
                for (index, (gradient, _)) in backward(&loss, &row, target).into_iter().enumerate()
                {
                    let shifted = |shift: f64| {
                        let mut row = row;
                        row[index] += shift;
                        forward(&loss, &row, target)
                    };
                    let difference = (shifted(1e-6) - shifted(-1e-6)) / 2e-6;
                    assert!(
                        (gradient - difference).abs() < 1e-9,
                        "{gradient} {difference}"
                    );
                }
            }
        }
    }
}
