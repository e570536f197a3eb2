use std::fmt;

use super::{Expected, RandomisedSample};
use crate::activation::RandomisedRelu;
use crate::dtype::Dtype;
use crate::verify::ulp::bound_of;
use crate::verify::{Direction, Found, ulp_error};

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
    /// What was found; units are taken at the larger of the two terms whose sum a slope is.
    pub found: Found<SlopePlace>,
}

/// An element, and what it has drawn.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct SlopePlace {
    /// Which element of the tensor it is.
    pub element: u64,
    /// The input.
    pub input: f32,
    /// The slope that it has where it is not positive.
    pub slope: f64,
    /// The gradient of the output, backward.
    pub grad_output: f32,
}

impl RandomisedReport {
    pub(crate) fn new(relu: &RandomisedRelu, direction: Direction, dtype: Dtype) -> Self {
        Self {
            relu: relu.clone(),
            direction,
            dtype,
            found: Found::new(bound_of(dtype, relu.evaluation().bound())),
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges a sample's results.
    pub(crate) fn judge(&mut self, sample: &RandomisedSample, results: &[f32]) {
        self.found.elements += results.len() as u64;
        let relu = self.relu.clone();
        let expected = sample.expected(&relu, self.direction);
        for (element, (expected, &actual)) in (0..).zip(expected.zip(results)) {
            let Expected { value, term, slope } = expected;
            let error = ulp_error(self.dtype, actual, value, term);
            self.found.note(error, value, actual, || SlopePlace {
                element,
                input: sample.inputs[element as usize],
                slope,
                grad_output: sample.grad_output[element as usize],
            });
        }
    }
}

impl fmt::Display for RandomisedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "rrelu lower={} upper={} in training {} {}: {}",
            self.relu.lower(),
            self.relu.upper(),
            self.direction,
            self.dtype,
            self.found
        )
    }
}

impl fmt::Display for SlopePlace {
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
            assert!(report.passed() && report.found.max_ulp <= 0.5, "{report}");
            assert_eq!(report.found.elements, 3);
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
        let worst = report.found.worst.as_ref();
        let worst = worst.map(|worst| worst.place.element);
        assert_eq!(worst, Some(0));
        assert!(report.to_string().contains("element 0, x = -2e0"));
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report(
            Direction::Backward,
            |at, y| if at == 1 { f64::NAN } else { y },
        );
        assert!(!nan.passed() && nan.found.nan_disagreements == 1);
        let lost = report(Direction::Backward, |at, y| if at == 2 { 4.0 } else { y });
        assert!(!lost.passed() && lost.found.nan_disagreements == 1);
        assert!(!report(Direction::Forward, |_, y| y / 0.0).passed());
    }
}
