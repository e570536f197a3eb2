use std::fmt;

use super::{RowSample, SampleMask, places};
use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::verify::ulp::bound_of;
use crate::verify::{Direction, Found, ulp_error};

/// What a verification found for a function of rows in one direction.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RowReport {
    /// The function, with its scale.
    pub activation: RowActivation,
    /// Which way it was run.
    pub direction: Direction,
    /// What the elements of all tensors were, in which units are counted.
    pub dtype: Dtype,
    /// What was found; units of gradients are taken at the larger of their two terms.
    pub found: Found<RowPlace>,
}

/// An element of the results.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct RowPlace {
    /// The shape of its tensor.
    pub shape: Vec<u64>,
    /// The axis along which the rows lie.
    pub axis: i64,
    /// What kind of mask its tensor had forward, where it had one.
    pub mask: Option<&'static str>,
    /// Which of all rows it is in.
    pub row: u64,
    /// Its place in this row.
    pub element: u64,
    /// What the kernel was given there: the input, or backward the gradient of the output.
    pub input: f32,
}

impl RowReport {
    pub(crate) fn new(activation: &RowActivation, direction: Direction, dtype: Dtype) -> Self {
        Self {
            activation: *activation,
            direction,
            dtype,
            found: Found::new(bound_of(dtype, RowActivation::BOUND)),
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges a sample's results, each by the exact one and the largest of its terms.
    pub(crate) fn judge(
        &mut self,
        sample: &RowSample,
        inputs: &[f32],
        expected: &[(f64, f64)],
        results: &[f32],
    ) {
        self.found.elements += results.len() as u64;
        for row in 0..sample.rows.count() {
            for (element, place) in (0..).zip(places(&sample.rows, row)) {
                let ((expected, term), actual) = (expected[place], results[place]);
                let error = ulp_error(self.dtype, actual, expected, term);
                self.found.note(error, expected, actual, || RowPlace {
                    shape: sample.shape.clone(),
                    axis: sample.axis,
                    mask: sample.mask.as_ref().map(SampleMask::name),
                    row,
                    element,
                    input: inputs[place],
                });
            }
        }
    }
}

impl fmt::Display for RowReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (name, scale) = (self.activation.function().name(), self.activation.scale());
        write!(
            f,
            "{name} scale={scale} {} {}: {}",
            self.direction, self.dtype, self.found
        )
    }
}

impl fmt::Display for RowPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shape,
            axis,
            mask,
            row,
            element,
            ..
        } = self;
        write!(f, "{shape:?} along {axis}, row {row}, element {element}")?;
        match mask {
            None => Ok(()),
            Some(mask) => write!(f, ", {mask} mask"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::super::Random;
    use super::*;

    fn report(results: &[f32]) -> RowReport {
        let sample = RowSample::new(&[3, 2], 0, vec![0.0; 6], &mut Random::new(1)).unwrap();
        let softmax = RowActivation::softmax();
        let expected = sample.forward(&softmax, Dtype::F32, &sample.input);
        let mut report = RowReport::new(&softmax, Direction::Forward, Dtype::F32);
        report.judge(&sample, &sample.input, &expected, results);
        report
    }

    const THIRD: f32 = 1.0 / 3.0;

    #[test]
    fn right_results_pass() {
        let report = report(&[THIRD; 6]);
        assert!(report.passed() && report.found.max_ulp < 0.5, "{report}");
        assert_eq!(report.found.elements, 6);
    }

    #[test]
    fn the_worst_element_is_named_by_its_row() {
        let mut results = [THIRD; 6];
        results[5] = 0.333_34;
        let report = report(&results);
        assert!(!report.passed());
        let worst = report.found.worst.unwrap();
        assert_eq!(worst.actual, 0.333_34);
        assert_eq!((worst.place.row, worst.place.element), (1, 2));
        assert_eq!(worst.place.to_string(), "[3, 2] along 0, row 1, element 2");
    }

    #[test]
    fn only_subnormal_results_may_be_flushed() {
        let sample = RowSample::new(&[3], 0, vec![0.0; 3], &mut Random::new(1)).unwrap();
        let scaled = RowActivation::softmax().with_scale(4.0).unwrap();
        let passes = |expected: f64| {
            let mut report = RowReport::new(&scaled, Direction::Backward, Dtype::F32);
            report.judge(&sample, &[0.0; 3], &[(expected, 0.0); 3], &[0.0; 3]);
            report.passed()
        };
        assert!(passes(-1.1e-38) && !passes(-1.2e-38));
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let mut results = [THIRD; 6];
        results[0] = f32::NAN;
        results[1] = 0.5;
        let report = report(&results);
        let found = &report.found;
        assert!(!report.passed() && found.max_ulp.is_nan());
        let row = found.worst.as_ref().map(|worst| worst.place.row);
        assert_eq!((found.nan_disagreements, row), (1, Some(0)));
        results[0] = f32::INFINITY;
        assert!(!self::report(&results).passed());
    }
}
