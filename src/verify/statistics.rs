//! Statistics: on which tensors they are tried, and how they are judged.

mod channel;
mod report;

pub use report::{StatisticPlace, StatisticsReport};

use super::rows::Random;
use super::ulp::rounded;
use crate::dtype::Dtype;
use crate::statistics::Statistics;
use crate::tensor::Rows;

/// A tensor to take the statistics of, channel by channel.
#[derive(Clone, Debug)]
pub struct StatisticsSample {
    /// Its shape.
    pub shape: Vec<u64>,
    /// The axis along which its channels lie.
    pub axis: i64,
    /// These channels.
    pub channels: Rows,
    /// Its elements.
    pub inputs: Vec<f32>,
}

/// Channels in one piece each, side by side, in many pieces, and one that is divided among workgroups.
const SHAPES: [(&[u64], i64); 4] = [
    (&[7, 900], 0),
    (&[700, 9], 1),
    (&[3, 5, 400], 1),
    (&[1, 20_000], 0),
];

/// So many times the number that is nothing to the others' mean and variance, or all.
const SHIFTED: u64 = 5000;

impl StatisticsSample {
    /// The threshold of |f′|, below which elements are saturated.
    pub const THRESHOLD: f32 = Statistics::THRESHOLD;

    /// Random tensors of several shapes, with channels that are negative or NaN throughout and with
    /// infinities; a large mean beside a small spread; a first element far from all others; numbers whose
    /// squares f32 does not hold.
    pub fn all() -> Vec<Self> {
        let mut random = Random::new(5);
        let shaped = SHAPES.iter().filter_map(|(shape, axis)| {
            let inputs = random.values(shape.iter().product(), 12.0);
            Self::new(shape, *axis, inputs).map(Self::with_strange_channels)
        });
        let mut samples: Vec<_> = shaped.collect();
        let mut around = |mean: f32, spread: f32, first: f32| {
            let values = random.values(SHIFTED, spread).into_iter();
            let mut inputs: Vec<_> = values.map(|x| mean + x).collect();
            inputs[0] = first;
            Self::new(&[1, SHIFTED], 0, inputs)
        };
        samples.extend(around(1000.0, 0.01, 1000.0));
        samples.extend(around(0.0, 1.0, -1e4));
        samples.extend(around(1.0, 1e-3, f32::NAN));
        samples.extend(around(0.0, 5e37, 0.0));
        samples.extend(around(0.0, 1e-30, 1e-30));
        samples
    }

    fn new(shape: &[u64], axis: i64, inputs: Vec<f32>) -> Option<Self> {
        Some(Self {
            shape: shape.to_vec(),
            axis,
            channels: Rows::along(shape, axis).ok()?,
            inputs,
        })
    }

    /// The same tensor, whose second channel is negative and third NaN, where there are that many, and
    /// which has an element of NaN and infinities in the others.
    fn with_strange_channels(mut self) -> Self {
        const STRANGE: [f32; 3] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY];
        for place in 0..self.inputs.len() {
            let x = &mut self.inputs[place];
            *x = match channel_of(&self.channels, place) {
                1 => -x.abs() - 1.0,
                2 => f32::NAN,
                _ if place % 997 == 996 => STRANGE[place / 997 % 3],
                _ => *x,
            };
        }
        self
    }

    /// The same sample in a type, without numbers that an adapter may read as zero.
    pub(crate) fn rounded(&self, dtype: Dtype) -> Self {
        Self {
            inputs: rounded(dtype, &self.inputs),
            ..self.clone()
        }
    }

    /// The places of each channel's elements.
    pub(crate) fn places(&self) -> Vec<Vec<usize>> {
        let mut places = vec![Vec::new(); self.channels.len() as usize];
        for place in 0..self.inputs.len() {
            places[channel_of(&self.channels, place)].push(place);
        }
        places
    }
}

fn channel_of(channels: &Rows, place: usize) -> usize {
    (place as u64 / channels.inner() % channels.len()) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn samples_are_as_long_as_their_shape_says_and_strange_in_places() {
        let samples = StatisticsSample::all();
        assert_eq!(samples.len(), SHAPES.len() + 5);
        for sample in &samples {
            assert_eq!(sample.inputs.len() as u64, sample.channels.elements());
            assert_eq!(sample.places().concat().len(), sample.inputs.len());
        }
        for sample in &samples[..3] {
            let places = sample.places();
            let all = |channel: usize, is: fn(&f32) -> bool| {
                places[channel].iter().all(|&at| is(&sample.inputs[at]))
            };
            assert!(all(1, |x| *x < 0.0) && all(2, |x| x.is_nan()));
        }
        let has = |is: fn(&f32) -> bool| samples[3].inputs.iter().any(is);
        assert!(has(|x| x.is_nan()) && has(|x| *x == f32::INFINITY) && has(|x| x.is_finite()));
    }
}
