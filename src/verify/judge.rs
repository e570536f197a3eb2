use super::VerifyError;
use super::oracle::Oracle;
use super::report::{Direction, Report};
use crate::activation::Activation;

/// Judges `outputs[i]`, computed from `inputs[i]`, by the f64 reference, in parallel.
///
/// For the backward direction `outputs` are gradients for a grad_output of 1. Subnormal inputs may
/// have been flushed to zero. [`Oracle`] judges other types, in parts, and several subjects at once.
pub fn judge(
    activation: &Activation,
    direction: Direction,
    inputs: &[f32],
    outputs: &[f32],
) -> Result<Report, VerifyError> {
    Oracle::new(activation, direction)?.judge(inputs, outputs)
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
                results: "outputs",
                len: 0
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
