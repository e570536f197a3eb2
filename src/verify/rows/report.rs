use std::fmt;

use super::{RowSample, SampleMask, places};
use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::verify::report::write_worst;
use crate::verify::tally::is_worse;
use crate::verify::{Direction, ulp_error};

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
    /// How many results were judged.
    pub elements: u64,
    /// The largest error in ULP, infinite where a result is infinite and should not be, or the other way
    /// round, and NaN where one of two results is; gradients count at the larger of their two terms.
    pub max_ulp: f64,
    /// Where it is; nowhere if every result is exact.
    pub worst: Option<WorstElement>,
    /// How many results are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// The bound in ULP.
    pub bound: f64,
}

/// The element with the largest error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorstElement {
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
    /// The reference's result.
    pub expected: f64,
    /// The kernel's result.
    pub actual: f32,
}

impl RowReport {
    pub(crate) fn new(activation: &RowActivation, direction: Direction, dtype: Dtype) -> Self {
        Self {
            activation: *activation,
            direction,
            dtype,
            elements: 0,
            max_ulp: 0.0,
            worst: None,
            nan_disagreements: 0,
            bound: match dtype {
                Dtype::F32 => RowActivation::BOUND,
                _ => 1.0,
            },
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.max_ulp <= self.bound
    }

    /// Judges a sample's results, each by the exact one and the largest of its terms.
    pub(crate) fn judge(
        &mut self,
        sample: &RowSample,
        inputs: &[f32],
        expected: &[(f64, f64)],
        results: &[f32],
    ) {
        self.elements += results.len() as u64;
        for row in 0..sample.rows.count() {
            for (element, place) in (0..).zip(places(&sample.rows, row)) {
                let (expected, term) = expected[place];
                let error = ulp_error(self.dtype, results[place], expected, term);
                self.nan_disagreements += u64::from(error.is_nan());
                if !is_worse(error, self.max_ulp) {
                    continue;
                }
                self.max_ulp = error;
                self.worst = Some(WorstElement {
                    shape: sample.shape.clone(),
                    axis: sample.axis,
                    mask: sample.mask.as_ref().map(SampleMask::name),
                    row,
                    element,
                    input: inputs[place],
                    expected,
                    actual: results[place],
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
            "{name} scale={scale} {} {}: {:.2} ULP over {} elements (bound {})",
            self.direction, self.dtype, self.max_ulp, self.elements, self.bound
        )?;
        let worst = self.worst.as_ref();
        let worst = worst.map(|worst| (format!("at {worst}"), worst.expected, worst.actual));
        write_worst(f, worst, self.nan_disagreements)
    }
}

impl fmt::Display for WorstElement {
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
        assert!(report.passed() && report.max_ulp < 0.5, "{report}");
        assert_eq!(report.elements, 6);
    }

    #[test]
    fn the_worst_element_is_named_by_its_row() {
        let mut results = [THIRD; 6];
        results[5] = 0.333_34;
        let report = report(&results);
        assert!(!report.passed());
        let worst = report.worst.unwrap();
        assert_eq!((worst.row, worst.element, worst.actual), (1, 2, 0.333_34));
        assert_eq!(worst.to_string(), "[3, 2] along 0, row 1, element 2");
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
        assert!(!report.passed() && report.max_ulp.is_nan());
        assert_eq!(
            (report.nan_disagreements, report.worst.unwrap().row),
            (1, 0)
        );
        results[0] = f32::INFINITY;
        assert!(!self::report(&results).passed());
    }
}
