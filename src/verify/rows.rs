//! Functions of rows: on which rows they are tried, and how their results are judged.

use std::fmt;

use super::{Direction, ulp_error};
use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::reference::rows as exact;
use crate::tensor::Rows;

/// A tensor to try functions of rows on, with a gradient for their output.
#[derive(Clone, Debug)]
pub struct RowSample {
    /// Its shape.
    pub shape: Vec<u64>,
    /// The axis along which its rows lie.
    pub axis: i64,
    /// These rows.
    pub rows: Rows,
    /// Its elements.
    pub input: Vec<f32>,
    /// As many gradients.
    pub grad_output: Vec<f32>,
}

/// Random rows, from one element to as many as are divided among workgroups, and rows whose elements
/// are not in one piece.
const SHAPES: [(&[u64], i64); 12] = [
    (&[5, 1], -1),
    (&[7, 2], -1),
    (&[300, 3], -1),
    (&[100, 17], -1),
    (&[9, 1000], -1),
    (&[3, 2049], -1),
    (&[2, 32_000], -1),
    (&[1, 200_000], -1),
    (&[3, 5, 4, 70], 1),
    (&[3, 5, 4, 70], 2),
    (&[2, 700, 70], 1),
    (&[2, 40_000, 2], 1),
];

/// Rows on which careless kernels fail: huge, equal, left out, infinite, NaN, subnormal, far apart.
const HARD: [[f32; 4]; 12] = {
    const MAX: f32 = f32::MAX;
    const INFINITY: f32 = f32::INFINITY;
    [
        [MAX, -MAX, 0.0, 1.0],
        [MAX, MAX, -MAX, MAX],
        [-INFINITY, 0.0, 1.0, -INFINITY],
        [-INFINITY; 4],
        [INFINITY, 0.0, -1.0, 2.0],
        [f32::NAN, 0.0, -1.0, 2.0],
        [-INFINITY, f32::NAN, 0.0, INFINITY],
        [1e-40, -1e-40, 0.0, -0.0],
        [88.0, -88.0, 100.0, -100.0],
        [1e30, 1e30, 0.999_999_9e30, -1e30],
        [65_504.0, 65_472.0, -65_504.0, 0.0],
        [40.0, 0.0, 0.0, 0.0],
    ]
};

/// So often comes the first element of a hard row before the others.
const REPEATS: [usize; 3] = [1, 700, 5000];

impl RowSample {
    /// Random rows of several shapes, rows that ascend, and hard ones.
    pub fn all() -> Vec<Self> {
        let mut random = Random(1);
        let mut samples: Vec<_> = SHAPES
            .iter()
            .filter_map(|(shape, axis)| {
                let count: u64 = shape.iter().product();
                Self::new(shape, *axis, random.values(count, 10.0), &mut random)
            })
            .collect();
        // Each block raises the largest value so far.
        for step in [1e-3, 0.02, 1.0] {
            let input: Vec<f32> = (0..20_000).map(|n| n as f32 * step).collect();
            samples.extend(Self::new(&[20_000], 0, input, &mut random));
        }
        for repeat in REPEATS {
            let row = |row: &[f32; 4]| [vec![row[0]; repeat - 1], row.to_vec()].concat();
            let input: Vec<f32> = HARD.iter().flat_map(row).collect();
            let shape = [HARD.len() as u64, repeat as u64 + 3];
            samples.extend(Self::new(&shape, 1, input, &mut random));
        }
        samples
    }

    fn new(shape: &[u64], axis: i64, input: Vec<f32>, random: &mut Random) -> Option<Self> {
        Some(Self {
            shape: shape.to_vec(),
            axis,
            rows: Rows::along(shape, axis).ok()?,
            grad_output: random.values(input.len() as u64, 3.0),
            input,
        })
    }

    /// The places of a row's elements.
    fn places(&self, row: u64) -> impl Iterator<Item = usize> + use<> {
        let (len, inner) = (self.rows.len(), self.rows.inner());
        let start = row / inner * len * inner + row % inner;
        (0..len).map(move |element| (start + element * inner) as usize)
    }

    /// The exact results for a tensor of these elements, each with the largest of its terms.
    pub(crate) fn forward(&self, activation: &RowActivation, input: &[f32]) -> Vec<(f64, f64)> {
        self.each_row(|places| {
            let row: Vec<f64> = places.iter().map(|&place| input[place].into()).collect();
            let results = exact::forward(activation, &row);
            results.into_iter().map(|result| (result, 0.0)).collect()
        })
    }

    /// The exact gradients for such results and gradients of them.
    pub(crate) fn backward(
        &self,
        activation: &RowActivation,
        output: &[f32],
        grad_output: &[f32],
    ) -> Vec<(f64, f64)> {
        self.each_row(|places| {
            let row = |tensor: &[f32]| -> Vec<f64> {
                places.iter().map(|&place| tensor[place].into()).collect()
            };
            exact::backward(activation, &row(output), &row(grad_output))
        })
    }

    fn each_row(&self, of: impl Fn(&[usize]) -> Vec<(f64, f64)>) -> Vec<(f64, f64)> {
        let mut all = vec![(0.0, 0.0); self.input.len()];
        for row in 0..self.rows.count() {
            let places: Vec<_> = self.places(row).collect();
            for (&place, result) in places.iter().zip(of(&places)) {
                all[place] = result;
            }
        }
        all
    }
}

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
            for (element, place) in (0..).zip(sample.places(row)) {
                let (expected, term) = expected[place];
                let error = ulp_error(self.dtype, results[place], expected, term);
                self.nan_disagreements += u64::from(error.is_nan());
                // NaN is worse than any number, and stays.
                if self.max_ulp.is_nan() || error <= self.max_ulp {
                    continue;
                }
                self.max_ulp = error;
                self.worst = Some(WorstElement {
                    shape: sample.shape.clone(),
                    axis: sample.axis,
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
        if let Some(worst) = &self.worst {
            write!(
                f,
                ", worst at {worst}: {:e} instead of {:e}",
                worst.actual, worst.expected
            )?;
        }
        if self.nan_disagreements > 0 {
            write!(f, "; {} results disagree on NaN", self.nan_disagreements)?;
        }
        Ok(())
    }
}

impl fmt::Display for WorstElement {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            shape,
            axis,
            row,
            element,
            ..
        } = self;
        write!(f, "{shape:?} along {axis}, row {row}, element {element}")
    }
}

/// A linear congruential generator: the same values everywhere.
struct Random(u32);

impl Random {
    /// Values around 0, as wide as they are said to be.
    fn values(&mut self, count: u64, width: f32) -> Vec<f32> {
        let next = |_| {
            self.0 = self.0.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            ((self.0 >> 8) as f32 / (1 << 23) as f32 - 1.0) * width
        };
        (0..count).map(next).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn report(results: &[f32]) -> RowReport {
        let sample = RowSample::new(&[3, 2], 0, vec![0.0; 6], &mut Random(1)).unwrap();
        let softmax = RowActivation::softmax();
        let expected = sample.forward(&softmax, &sample.input);
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

    #[test]
    fn hard_rows_are_as_long_as_their_shape_says() {
        for sample in RowSample::all() {
            assert_eq!(sample.input.len() as u64, sample.rows.elements());
            assert_eq!(sample.grad_output.len(), sample.input.len());
        }
    }
}
