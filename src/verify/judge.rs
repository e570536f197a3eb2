use rayon::prelude::*;

use super::report::{Direction, Report};
use super::ulp::ulp_error;
use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::reference::Reference;

/// The bound for every activation, in ULP of f32.
const BOUND: f64 = 4.0;

/// Why results could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The activation has no f64 reference.
    #[error("{activation} has no f64 reference; give it one with CustomActivation::with_reference")]
    NoReference {
        /// The activation.
        activation: String,
    },
    /// Not one output for each input.
    #[error("there are {inputs} inputs, but {outputs} outputs; they must be equal")]
    LengthMismatch {
        /// The number of inputs.
        inputs: usize,
        /// The number of outputs.
        outputs: usize,
    },
}

/// Judges `outputs[i]`, computed from `inputs[i]`, by the f64 reference, in parallel.
///
/// For the backward direction `outputs` are gradients for a grad_output of 1. Subnormal inputs may
/// have been flushed to zero.
pub fn judge(
    activation: &Activation,
    direction: Direction,
    inputs: &[f32],
    outputs: &[f32],
) -> Result<Report, VerifyError> {
    if inputs.len() != outputs.len() {
        let (inputs, outputs) = (inputs.len(), outputs.len());
        return Err(VerifyError::LengthMismatch { inputs, outputs });
    }
    let reference = activation
        .reference()
        .ok_or_else(|| VerifyError::NoReference {
            activation: activation.name().to_owned(),
        })?;
    let oracle = Oracle::new(reference, direction, activation.values_f64());
    let worst = inputs
        .par_iter()
        .zip(outputs)
        .fold(Worst::default, |worst, (&input, &actual)| {
            worst.add(oracle.judge(input, actual))
        })
        .reduce(Worst::default, Worst::merge);
    let names = activation
        .parameters()
        .iter()
        .map(|parameter| parameter.name.to_owned());
    Ok(Report {
        activation: activation.name().to_owned(),
        parameters: names.zip(activation.values().iter().copied()).collect(),
        direction,
        dtype: Dtype::F32,
        inputs: inputs.len(),
        max_ulp: worst.verdict.error,
        worst_input: worst.verdict.input,
        expected: worst.verdict.expected,
        actual: worst.verdict.actual,
        nan_disagreements: worst.nan_disagreements,
        infinity_disagreements: worst.infinity_disagreements,
        largest_term: oracle.largest_term.is_some(),
        bound: BOUND,
    })
}

/// The reference in one direction.
struct Oracle {
    function: fn(f64, &[f64]) -> f64,
    largest_term: Option<fn(f64, &[f64]) -> f64>,
    parameters: Vec<f64>,
}

impl Oracle {
    fn new(reference: &Reference, direction: Direction, parameters: Vec<f64>) -> Self {
        let (function, largest_term) = match direction {
            Direction::Forward => (reference.forward, reference.forward_largest_term),
            Direction::Backward => (reference.derivative, reference.derivative_largest_term),
        };
        Self {
            function,
            largest_term,
            parameters,
        }
    }

    fn judge(&self, input: f32, actual: f32) -> Verdict {
        let verdict = self.judge_at(input, input, actual);
        if input.is_subnormal() && verdict.error != 0.0 {
            // Adapters may flush subnormal inputs to zero.
            let flushed = self.judge_at(input, 0.0_f32.copysign(input), actual);
            if flushed.error < verdict.error {
                return flushed;
            }
        }
        verdict
    }

    fn judge_at(&self, input: f32, x: f32, actual: f32) -> Verdict {
        let x = f64::from(x);
        let expected = if x.is_nan() {
            x
        } else {
            (self.function)(x, &self.parameters)
        };
        let scale = match self.largest_term {
            Some(term) if x.is_finite() => term(x, &self.parameters).abs(),
            _ => 0.0,
        };
        Verdict {
            input,
            expected,
            actual,
            error: ulp_error(actual, expected, scale),
        }
    }
}

#[derive(Clone, Copy, Default)]
struct Verdict {
    input: f32,
    expected: f64,
    actual: f32,
    error: f64,
}

impl Verdict {
    /// NaN (one result is NaN) is worse than any number.
    fn is_worse_than(&self, other: &Self) -> bool {
        !other.error.is_nan() && (self.error.is_nan() || self.error > other.error)
    }
}

#[derive(Clone, Copy, Default)]
struct Worst {
    verdict: Verdict,
    nan_disagreements: usize,
    infinity_disagreements: usize,
}

impl Worst {
    fn add(mut self, verdict: Verdict) -> Self {
        self.nan_disagreements += usize::from(verdict.error.is_nan());
        let infinite = (
            verdict.actual.is_infinite(),
            (verdict.expected as f32).is_infinite(),
        );
        self.infinity_disagreements +=
            usize::from(infinite.0 != infinite.1 && verdict.error > BOUND);
        if verdict.is_worse_than(&self.verdict) {
            self.verdict = verdict;
        }
        self
    }

    fn merge(self, other: Self) -> Self {
        let worse = if other.verdict.is_worse_than(&self.verdict) {
            other
        } else {
            self
        };
        Self {
            verdict: worse.verdict,
            nan_disagreements: self.nan_disagreements + other.nan_disagreements,
            infinity_disagreements: self.infinity_disagreements + other.infinity_disagreements,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn relu_report(outputs: &[f32]) -> Report {
        judge(
            &Activation::relu(),
            Direction::Forward,
            &[-1.0, 0.5, f32::NAN],
            outputs,
        )
        .expect("relu has a reference")
    }

    #[test]
    fn right_results_pass() {
        let report = relu_report(&[0.0, 0.5, f32::NAN]);
        assert!(report.passed(), "{report}");
        assert_eq!((report.inputs, report.max_ulp), (3, 0.0));
    }

    #[test]
    fn the_worst_input_is_named() {
        let report = relu_report(&[0.0, 0.500_001, f32::NAN]);
        assert!(!report.passed());
        assert_eq!(
            (report.worst_input, report.expected, report.actual),
            (0.5, 0.5, 0.500_001)
        );
    }

    #[test]
    fn a_lost_nan_does_not_pass() {
        let report = relu_report(&[0.0, 0.5, 0.0]);
        assert!(!report.passed());
        assert_eq!(report.nan_disagreements, 1);
        assert!(report.worst_input.is_nan() && report.max_ulp.is_nan());
    }

    #[test]
    fn an_overflow_that_stops_short_does_not_pass() {
        let outputs = [f32::MAX];
        let report = judge(
            &Activation::exponential(),
            Direction::Forward,
            &[100.0],
            &outputs,
        )
        .expect("it has a reference");
        assert!(!report.passed());
        assert_eq!(report.infinity_disagreements, 1);
    }

    #[test]
    fn slices_of_different_lengths_are_refused() {
        let refused = judge(&Activation::relu(), Direction::Forward, &[1.0], &[]);
        assert_eq!(
            refused,
            Err(VerifyError::LengthMismatch {
                inputs: 1,
                outputs: 0
            })
        );
    }

    #[test]
    fn an_overflow_does_not_pass() {
        let report = relu_report(&[0.0, f32::INFINITY, f32::NAN]);
        assert!(!report.passed());
        assert!(report.max_ulp > 1e6);
    }
}
