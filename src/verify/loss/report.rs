use std::fmt;

use super::{Expected, LossSample};
use crate::activation::{CrossEntropy, RowActivation};
use crate::dtype::Dtype;
use crate::verify::ulp::bound_of;
use crate::verify::{Direction, Found, ulp_error};

/// What a verification found for softmax with cross-entropy in one direction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LossReport {
    /// The loss, with its reduction and smoothing.
    pub loss: CrossEntropy,
    /// Which way it was run.
    pub direction: Direction,
    /// What the elements of all tensors were, in which units are counted.
    pub dtype: Dtype,
    /// What was found; units of gradients are taken at the larger of their two terms.
    ///
    /// A gradient may be 0 whose terms would be below the normal numbers without the gradient of the loss.
    pub found: Found<LossPlace>,
}

/// A loss, or the gradient of a logit.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LossPlace {
    /// The shape of the logits.
    pub shape: Vec<u64>,
    /// The axis along which their rows lie.
    pub axis: i64,
    /// Which of all rows it is in, where it is not the loss of all.
    pub row: Option<u64>,
    /// The class whose gradient it is, backward.
    pub class: Option<u64>,
}

impl LossReport {
    pub(crate) fn new(loss: &CrossEntropy, direction: Direction, dtype: Dtype) -> Self {
        Self {
            loss: *loss,
            direction,
            dtype,
            found: Found::new(bound_of(dtype, RowActivation::BOUND)),
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges a sample's losses, or the gradients of its logits.
    pub(crate) fn judge(&mut self, sample: &LossSample, expected: &Expected, results: &[f32]) {
        self.found.elements += results.len() as u64;
        let place = |row, class| LossPlace {
            shape: sample.shape.clone(),
            axis: sample.axis,
            row,
            class,
        };
        if self.direction == Direction::Forward {
            let is_reduced = expected.losses.len() != sample.classes.len();
            for (row, (&exact, &actual)) in (0..).zip(expected.losses.iter().zip(results)) {
                let error = ulp_error(self.dtype, actual, exact, 0.0);
                let row = (!is_reduced).then_some(row);
                self.found.note(error, exact, actual, || place(row, None));
            }
            return;
        }
        let (len, inner) = (sample.rows.len(), sample.rows.inner());
        for (at, (&(exact, term), &actual)) in (0..).zip(expected.gradients.iter().zip(results)) {
            let row = at / (len * inner) * inner + at % inner;
            let weight = expected.weights[row as usize].abs();
            // A probability below the normal numbers may be flushed before it has its weight.
            let is_lost = actual == 0.0 && term <= weight * f64::from(f32::MIN_POSITIVE);
            let error = match is_lost {
                true => 0.0,
                false => ulp_error(self.dtype, actual, exact, term),
            };
            let class = at / inner % len;
            self.found
                .note(error, exact, actual, || place(Some(row), Some(class)));
        }
    }
}

impl fmt::Display for LossReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "cross_entropy {} label_smoothing={} {} {}: {}",
            self.loss.reduction(),
            self.loss.label_smoothing(),
            self.direction,
            self.dtype,
            self.found
        )
    }
}

impl fmt::Display for LossPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?} along {}", self.shape, self.axis)?;
        match (self.row, self.class) {
            (None, _) => write!(f, ", all rows"),
            (Some(row), None) => write!(f, ", row {row}"),
            (Some(row), Some(class)) => write!(f, ", row {row}, class {class}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Reduction;
    use crate::tensor::Rows;

    /// Two rows of two logits, of which the second is ignored; the loss of the first is ln 2.
    fn report(reduction: Reduction, direction: Direction, results: &[f32]) -> LossReport {
        let sample = LossSample {
            shape: vec![2, 2],
            axis: 1,
            rows: Rows::along(&[2, 2], 1).unwrap(),
            logits: vec![1.0, 1.0, 3.0, 4.0],
            classes: vec![Some(1), None],
        };
        let loss = CrossEntropy::default().with_reduction(reduction);
        let mut report = LossReport::new(&loss, direction, Dtype::F32);
        report.judge(&sample, &sample.expected(&loss), results);
        report
    }

    const LN_2: f32 = std::f32::consts::LN_2;

    #[test]
    fn right_results_pass() {
        for (reduction, direction, results) in [
            (Reduction::None, Direction::Forward, &[LN_2, 0.0][..]),
            (Reduction::Mean, Direction::Forward, &[LN_2]),
            (Reduction::Sum, Direction::Forward, &[LN_2]),
            // For a gradient of 1.5.
            (
                Reduction::Mean,
                Direction::Backward,
                &[0.75, -0.75, 0.0, 0.0],
            ),
        ] {
            let report = report(reduction, direction, results);
            assert!(report.passed() && report.found.max_ulp < 0.5, "{report}");
            assert_eq!(report.found.elements, results.len() as u64);
        }
    }

    #[test]
    fn the_worst_result_is_named() {
        let backward = report(Reduction::Sum, Direction::Backward, &[0.75, -0.7, 0.0, 0.0]);
        assert!(!backward.passed());
        let worst = backward.found.worst.unwrap();
        assert_eq!((worst.expected, worst.actual), (-0.75, -0.7));
        assert_eq!(worst.place.to_string(), "[2, 2] along 1, row 0, class 1");
        let sum = report(Reduction::Sum, Direction::Forward, &[0.7]);
        assert!(
            !sum.passed() && sum.to_string().contains("all rows: 7e-1"),
            "{sum}"
        );
        let ignored = report(Reduction::None, Direction::Forward, &[LN_2, 1e-3]);
        let worst = ignored.found.worst.unwrap();
        assert_eq!(worst.place.row, Some(1));
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report(
            Reduction::Sum,
            Direction::Backward,
            &[0.75, f32::NAN, 0.0, 0.0],
        );
        assert!(!nan.passed() && nan.found.nan_disagreements == 1);
        assert!(!report(Reduction::Sum, Direction::Forward, &[f32::INFINITY]).passed());
    }
}
