//! Functions of rows: on which rows they are tried, and how their results are judged.

mod mask;
mod report;

pub use mask::SampleMask;
pub use report::{RowPlace, RowReport};

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
    /// What has a part in its rows forward, where not everything has.
    pub mask: Option<SampleMask>,
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
    /// Random rows of several shapes, rows that ascend, hard ones, and rows under masks.
    pub fn all() -> Vec<Self> {
        let mut random = Random::new(1);
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
        samples.extend(Self::faint(&mut random));
        samples.extend(SampleMask::samples(&mut random));
        samples
    }

    /// Rows with results just above the least normal number, whichever way and by whatever of
    /// [`RowActivation::variants`] they are scaled, every other one with a gradient of 0.
    fn faint(random: &mut Random) -> Option<Self> {
        let magnitudes = [1.0, 0.3, 2.7].map(|scale| [87.3 / scale, -87.3 / scale]);
        let row = |far: f32, share: f32| [0.0, far, far * (1.0 - share), far * (1.0 - 2.0 * share)];
        let rows = magnitudes.into_iter().flatten();
        let rows = rows.flat_map(|far| (0..64).flat_map(move |n| row(far, n as f32 / 1e4)));
        let input: Vec<f32> = rows.collect();
        let mut sample = Self::new(&[6 * 64, 4], 1, input, random)?;
        for gradient in sample.grad_output.iter_mut().skip(1).step_by(2) {
            *gradient = 0.0;
        }
        Some(sample)
    }

    fn new(shape: &[u64], axis: i64, input: Vec<f32>, random: &mut Random) -> Option<Self> {
        Some(Self {
            shape: shape.to_vec(),
            axis,
            rows: Rows::along(shape, axis).ok()?,
            grad_output: random.values(input.len() as u64, 3.0),
            input,
            mask: None,
        })
    }

    fn with_mask(self, mask: SampleMask) -> Self {
        let mask = Some(mask);
        Self { mask, ..self }
    }

    /// The exact results for a tensor of these elements, each with the largest of its terms; a mask that is
    /// added has elements of that type.
    pub(crate) fn forward(
        &self,
        activation: &RowActivation,
        dtype: Dtype,
        input: &[f32],
    ) -> Vec<(f64, f64)> {
        let mask = self.mask.as_ref();
        let mask = mask.map(|mask| mask.parts(&self.shape, self.axis, dtype));
        self.each_row(|places| {
            let row: Vec<f64> = places.iter().map(|&place| input[place].into()).collect();
            let results = match &mask {
                None => exact::forward(activation, &row),
                Some(mask) => {
                    let mask: Vec<_> = places.iter().map(|&place| mask[place]).collect();
                    exact::forward_masked(activation, &row, &mask)
                }
            };
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
            let places: Vec<_> = places(&self.rows, row).collect();
            for (&place, result) in places.iter().zip(of(&places)) {
                all[place] = result;
            }
        }
        all
    }
}

/// The places of a row's elements.
pub(super) fn places(rows: &Rows, row: u64) -> impl Iterator<Item = usize> + use<> {
    let (len, inner) = (rows.len(), rows.inner());
    let start = row / inner * len * inner + row % inner;
    (0..len).map(move |element| (start + element * inner) as usize)
}

/// A linear congruential generator: the same values everywhere.
pub(super) struct Random(u32);

impl Random {
    pub(super) fn new(seed: u32) -> Self {
        Self(seed)
    }

    /// Values around 0, as wide as they are said to be.
    pub(super) fn values(&mut self, count: u64, width: f32) -> Vec<f32> {
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

    #[test]
    fn samples_are_as_long_as_their_shape_says() {
        for sample in RowSample::all() {
            assert_eq!(sample.input.len() as u64, sample.rows.elements());
            assert_eq!(sample.grad_output.len(), sample.input.len());
        }
    }
}
