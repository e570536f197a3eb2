use std::fmt;

use super::{Expected, RandomisedSample};
use crate::activation::RandomisedRelu;
use crate::dtype::Dtype;
use crate::verify::report::write_worst;
use crate::verify::tally::is_worse;
use crate::verify::{Direction, ulp_error};

/// What a verification found for random slopes in one direction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RandomisedReport {
    /// The activation, with the bounds of its slopes.
    pub relu: RandomisedRelu,
    /// Which way it was run.
    pub direction: Direction,
    /// What the elements of all tensors were, in which units are counted.
    pub dtype: Dtype,
    /// How many results were judged.
    pub elements: u64,
    /// The largest error in ULP, infinite where a result is infinite and should not be, or the other way
    /// round, and NaN where one of two results is; counted at the larger of the two terms whose sum a slope
    /// is.
    pub max_ulp: f64,
    /// Where it is; nowhere if every result is exact.
    pub worst: Option<WorstSlope>,
    /// How many results are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// The bound in ULP.
    pub bound: f64,
}

/// The result with the largest error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorstSlope {
    /// Which element of the tensor it is.
    pub element: u64,
    /// The input.
    pub input: f32,
    /// The slope that it has where it is not positive.
    pub slope: f64,
    /// The gradient of the output, backward.
    pub grad_output: f32,
    /// The reference's result.
    pub expected: f64,
    /// The kernel's result.
    pub actual: f32,
}

impl RandomisedReport {
    pub(crate) fn new(relu: &RandomisedRelu, direction: Direction, dtype: Dtype) -> Self {
        Self {
            relu: relu.clone(),
            direction,
            dtype,
            elements: 0,
            max_ulp: 0.0,
            worst: None,
            nan_disagreements: 0,
            bound: match dtype {
                Dtype::F32 => relu.evaluation().bound(),
                _ => 1.0,
            },
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.max_ulp <= self.bound
    }

    /// Judges a sample's results.
    pub(crate) fn judge(&mut self, sample: &RandomisedSample, results: &[f32]) {
        self.elements += results.len() as u64;
        let relu = self.relu.clone();
        let expected = sample.expected(&relu, self.direction);
        for (element, (expected, &actual)) in (0..).zip(expected.zip(results)) {
            let Expected { value, term, slope } = expected;
            let error = ulp_error(self.dtype, actual, value, term);
            self.nan_disagreements += u64::from(error.is_nan());
            if is_worse(error, self.max_ulp) {
                self.max_ulp = error;
                self.worst = Some(WorstSlope {
                    element,
                    input: sample.inputs[element as usize],
                    slope,
                    grad_output: sample.grad_output[element as usize],
                    expected: value,
                    actual,
                });
            }
        }
    }
}

impl fmt::Display for RandomisedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rrelu lower={} upper={} in training {} {}: {:.2} ULP over {} results (bound {})",
            self.relu.lower(),
            self.relu.upper(),
            self.direction,
            self.dtype,
            self.max_ulp,
            self.elements,
            self.bound
        )?;
        let worst = self.worst.as_ref();
        let worst = worst.map(|worst| (format!("at {worst}"), worst.expected, worst.actual));
        write_worst(f, worst, self.nan_disagreements)
    }
}

impl fmt::Display for WorstSlope {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (element, input, slope) = (self.element, self.input, self.slope);
        write!(f, "element {element}, x = {input:e}, slope {slope:.6}")
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Seed;
    use crate::reference::randomised::slope;

    /// Of -2, 3 and NaN, for gradients of 4 and what the results are but for their last digits.
    fn report(direction: Direction, change: impl Fn(usize, f64) -> f64) -> RandomisedReport {
        let relu = RandomisedRelu::default();
        let sample = RandomisedSample {
            seed: Seed::new(9),
            inputs: vec![-2.0, 3.0, f32::NAN],
            grad_output: vec![4.0; 3],
        };
        let slope = slope(&relu, sample.seed, 0);
        let exact = match direction {
            Direction::Forward => [-2.0 * slope, 3.0, f64::NAN],
            Direction::Backward => [4.0 * slope, 4.0, f64::NAN],
        };
        let results = exact.into_iter().enumerate();
        let results: Vec<_> = results.map(|(at, y)| change(at, y) as f32).collect();
        let mut report = RandomisedReport::new(&relu, direction, Dtype::F32);
        report.judge(&sample, &results);
        report
    }

    #[test]
    fn right_results_pass() {
        for direction in Direction::ALL {
            let report = report(direction, |_, y| y);
            assert!(report.passed() && report.max_ulp <= 0.5, "{report}");
            assert_eq!(report.elements, 3);
        }
    }

    #[test]
    fn the_slope_of_another_element_does_not_pass() {
        let other = slope(&RandomisedRelu::default(), Seed::new(9), 1);
        let report = report(Direction::Forward, |at, y| match at {
            0 => -2.0 * other,
            _ => y,
        });
        assert!(!report.passed());
        let worst = report.worst.as_ref().map(|worst| worst.element);
        assert_eq!(worst, Some(0));
        assert!(report.to_string().contains("element 0, x = -2e0"));
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report(
            Direction::Backward,
            |at, y| if at == 1 { f64::NAN } else { y },
        );
        assert!(!nan.passed() && nan.nan_disagreements == 1);
        let lost = report(Direction::Backward, |at, y| if at == 2 { 4.0 } else { y });
        assert!(!lost.passed() && lost.nan_disagreements == 1);
        assert!(!report(Direction::Forward, |_, y| y / 0.0).passed());
    }
}
