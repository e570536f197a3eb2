//! Masks of samples.

use super::{Random, RowSample};
use crate::dtype::Dtype;
use crate::verify::round_to;

/// A mask on a sample's rows, of a shape that broadcasts to the sample's.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum SampleMask {
    /// What is added to each element.
    Additive {
        /// The mask's shape.
        shape: Vec<u64>,
        /// As many numbers.
        values: Vec<f32>,
    },
    /// Which elements have a part in their row.
    Boolean {
        /// The mask's shape.
        shape: Vec<u64>,
        /// As many truth values.
        values: Vec<bool>,
    },
    /// Those have one whose key is not beyond their query by more than this.
    Causal {
        /// How many keys more than its own number a query sees.
        offset: i64,
    },
}

/// Shapes and axes, and the shapes of their masks: short rows, rows in pieces, and rows that are divided
/// among workgroups.
const SHAPES: [(&[u64], i64, &[u64]); 6] = [
    (&[2, 3, 17, 40], -1, &[2, 1, 1, 40]),
    (&[2, 3, 17, 40], -1, &[17, 40]),
    (&[3, 5, 40, 6], 2, &[3, 1, 40, 1]),
    (&[2, 700, 70], 1, &[2, 700, 70]),
    (&[3, 2049], -1, &[3, 1]),
    (&[2, 70_001], -1, &[70_001]),
];

/// How many keys more than its own number a query sees.
const OFFSETS: [i64; 3] = [0, 23, -5];

impl SampleMask {
    /// What it is called.
    pub fn name(&self) -> &'static str {
        match self {
            Self::Additive { .. } => "additive",
            Self::Boolean { .. } => "boolean",
            Self::Causal { .. } => "causal",
        }
    }

    /// Random rows under masks of every kind.
    pub(super) fn samples(random: &mut Random) -> Vec<RowSample> {
        let mut samples = Vec::new();
        for (shape, axis, mask_shape) in SHAPES {
            let count = mask_shape.iter().product();
            let mut added = random.values(count, 20.0);
            for bias in added.iter_mut().step_by(5) {
                *bias = f32::NEG_INFINITY;
            }
            let kept = random.values(count, 1.0);
            let masks = [
                Self::Additive {
                    shape: mask_shape.to_vec(),
                    values: added,
                },
                Self::Boolean {
                    shape: mask_shape.to_vec(),
                    values: kept.into_iter().map(|x| x > -0.3).collect(),
                },
            ];
            samples.extend(masks.map(|mask| (shape, axis, mask)));
        }
        let causal = OFFSETS.map(|offset| Self::Causal { offset });
        samples.extend(causal.map(|mask| (&[2, 3, 17, 40][..], -1, mask)));
        let samples = samples.into_iter().filter_map(|(shape, axis, mask)| {
            let input = random.values(shape.iter().product(), 10.0);
            let sample = RowSample::new(shape, axis, input, random)?;
            Some(sample.with_mask(mask))
        });
        samples.collect()
    }

    /// What it makes of each element of a tensor of that shape: what is added, or nothing where the element
    /// has no part. Numbers are rounded to a type.
    pub(super) fn parts(&self, shape: &[u64], axis: i64, dtype: Dtype) -> Vec<Option<f64>> {
        let count: u64 = shape.iter().product();
        let part = |element: u64| match self {
            Self::Additive { shape: of, values } => {
                Some(round_to(dtype, values[place(shape, of, element)].into()))
            }
            Self::Boolean { shape: of, values } => values[place(shape, of, element)].then_some(0.0),
            Self::Causal { offset } => {
                let axis = axis.rem_euclid(shape.len() as i64) as usize;
                let row = element / shape[axis + 1..].iter().product::<u64>();
                let (query, key) = (row / shape[axis] % shape[axis - 1], row % shape[axis]);
                (key as i64 <= query as i64 + offset).then_some(0.0)
            }
        };
        (0..count).map(part).collect()
    }
}

/// The number of the mask's element that goes with an element of the tensor.
fn place(shape: &[u64], mask: &[u64], mut element: u64) -> usize {
    let (mut place, mut stride) = (0, 1);
    for (mask_len, len) in mask.iter().rev().zip(shape.iter().rev()) {
        place += element % len % mask_len * stride;
        stride *= mask_len;
        element /= len;
    }
    place as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_broadcast_as_in_numpy() {
        let places = |mask: &[u64]| -> Vec<_> {
            (0..12)
                .map(|element| place(&[2, 2, 3], mask, element))
                .collect()
        };
        assert_eq!(places(&[2, 2, 3]), (0..12).collect::<Vec<_>>());
        assert_eq!(places(&[3]), [0, 1, 2].repeat(4));
        assert_eq!(places(&[2, 1, 3]), [0, 1, 2, 0, 1, 2, 3, 4, 5, 3, 4, 5]);
        assert_eq!(places(&[2, 1]), [0, 0, 0, 1, 1, 1].repeat(2));
        assert_eq!(places(&[]), [0; 12]);
    }

    #[test]
    fn causal_masks_count_from_their_query() {
        let parts = SampleMask::Causal { offset: 1 }.parts(&[1, 2, 3], -1, Dtype::F32);
        let kept: Vec<_> = parts.iter().map(Option::is_some).collect();
        assert_eq!(kept, [true, true, false, true, true, true]);
        let parts = SampleMask::Causal { offset: -1 }.parts(&[2, 2, 2], 1, Dtype::F32);
        let kept: Vec<_> = parts.iter().map(Option::is_some).collect();
        assert_eq!(kept, [false, false, false, false, true, true, false, false]);
    }
}
