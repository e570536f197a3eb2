//! Random slopes: on which elements they are tried, and how the results are judged.

mod report;

pub use report::{RandomisedReport, SlopePlace};

use super::rows::Random;
use super::ulp::rounded;
use super::{Direction, Samples};
use crate::activation::{RandomisedRelu, Seed};
use crate::dtype::Dtype;
use crate::reference::randomised as exact;

/// Elements to try random slopes on, with gradients of their outputs and a seed.
#[derive(Clone, Debug)]
pub struct RandomisedSample {
    pub(crate) seed: Seed,
    pub(crate) inputs: Vec<f32>,
    pub(crate) grad_output: Vec<f32>,
}

/// What a result ought to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(crate) struct Expected {
    pub(crate) value: f64,
    /// The magnitude at which its error is counted, unless its own is larger.
    pub(crate) term: f64,
    /// What the element has drawn.
    pub(crate) slope: f64,
}

/// Inputs over the whole range and of the magnitudes that networks see.
const INPUTS: Samples = Samples {
    spaced: 1 << 13,
    random: 1 << 13,
    seed: 5,
};

/// Both halves of the key matter. The first element is amid those that share its counter, and counters
/// come to need their upper half within the sample.
const SEED: Seed = Seed::new(0x0123_4567_89ab_cdef)
    .with_offset((1 << 32) - 1000)
    .from_element(2);

impl RandomisedSample {
    /// The edge cases of an activation, evenly spaced and random inputs, with random gradients.
    pub fn new(relu: &RandomisedRelu) -> Self {
        let inputs = INPUTS.inputs(relu.evaluation());
        Self {
            seed: SEED,
            grad_output: Random::new(3).values(inputs.len() as u64, 8.0),
            inputs,
        }
    }

    /// The same sample in a type, without numbers that an adapter may read as zero.
    pub(crate) fn rounded(&self, dtype: Dtype) -> Self {
        Self {
            seed: self.seed,
            inputs: rounded(dtype, &self.inputs),
            grad_output: rounded(dtype, &self.grad_output),
        }
    }

    /// The exact results in one direction.
    pub(crate) fn expected(
        &self,
        relu: &RandomisedRelu,
        direction: Direction,
    ) -> impl Iterator<Item = Expected> {
        let pairs = (0..).zip(self.inputs.iter().zip(&self.grad_output));
        pairs.map(move |(element, (&x, &grad))| {
            let (x, grad) = (f64::from(x), f64::from(grad));
            let slope = exact::slope(relu, self.seed, element);
            let (factor, is_drawn) = match direction {
                Direction::Forward => (x, x <= 0.0),
                Direction::Backward => (grad, x <= 0.0),
            };
            let value = match (is_drawn, direction) {
                // The limit, at an infinite x.
                (true, _) if slope == 0.0 => 0.0,
                (true, _) => slope * factor,
                // NaN has no slope.
                (false, Direction::Backward) if x.is_nan() => x,
                (false, _) => factor,
            };
            // Bounds of different signs, and those that are both negative, cancel.
            let lower = f64::from(relu.lower());
            let term = lower.abs().max((slope - lower).abs()) * factor.abs();
            Expected {
                value,
                term: if is_drawn && term.is_finite() {
                    term
                } else {
                    0.0
                },
                slope,
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_of_one_length_and_of_their_type() {
        let sample = RandomisedSample::new(&RandomisedRelu::default()).rounded(Dtype::F16);
        assert_eq!(sample.grad_output.len(), sample.inputs.len());
        assert!(sample.inputs.len() > INPUTS.spaced + INPUTS.random);
        assert!(sample.inputs.contains(&f32::NEG_INFINITY) && !sample.inputs.contains(&f32::MIN));
        // They go on beyond the counters of one word.
        let counters = sample.inputs.len() as u64 / 4;
        assert!(SEED.offset() < 1 << 32 && SEED.offset() + counters > 1 << 32);
    }

    #[test]
    fn only_what_is_not_positive_has_a_random_slope() {
        let relu = RandomisedRelu::new(-0.5, 0.25).unwrap();
        let sample = RandomisedSample {
            seed: SEED,
            inputs: vec![-2.0, 3.0, f32::NAN, 0.0],
            grad_output: vec![5.0; 4],
        };
        let slope = |element| exact::slope(&relu, SEED, element);
        let all = |direction| -> Vec<_> {
            let expected = sample.expected(&relu, direction);
            expected.map(|expected| expected.value).collect()
        };
        let [forward, backward] = Direction::ALL.map(all);
        assert_eq!(forward[..2], [-2.0 * slope(0), 3.0]);
        assert_eq!(backward[..2], [5.0 * slope(0), 5.0]);
        assert!(forward[2].is_nan() && backward[2].is_nan());
        assert_eq!((forward[3], backward[3]), (0.0, 5.0 * slope(3)));
        // Errors are counted at no less than the bound that the others are added to.
        let mut expected = sample.expected(&relu, Direction::Forward);
        assert!(expected.next().is_some_and(|first| first.term >= 1.0));
        assert_eq!(expected.next().map(|second| second.term), Some(0.0));
    }
}
