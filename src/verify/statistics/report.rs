use std::fmt;

use super::StatisticsSample;
use super::channel::{Number, findings};
use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::statistics::Statistics;
use crate::verify::{Found, VerifyError};

/// What a verification found for the statistics of tensors as the input of an activation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatisticsReport {
    /// The activation's name.
    pub activation: String,
    /// What the elements of the tensors were.
    pub dtype: Dtype,
    /// What was found, in ULP of f32 whatever the dtype, of all channels and of each tensor as a whole; an
    /// error is infinite where a count is wrong. The bound is the activation's.
    ///
    /// Means and standard deviations are counted at the largest magnitude among their numbers, those of
    /// the input in 4096ths of an ULP, as its numbers are exact; extrema at their own, those of the input
    /// in as small units. Where an activation's terms cancel, the largest of them tells the magnitude. An element
    /// as near a threshold as the bound allows may be counted on either side of it.
    pub found: Found<StatisticPlace, f64>,
}

/// A statistic of a tensor or of one of its channels.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatisticPlace {
    /// The tensor's shape.
    pub shape: Vec<u64>,
    /// The axis along which its channels lie.
    pub axis: i64,
    /// The channel; of the tensor as a whole there is none.
    pub channel: Option<u64>,
    /// What numbers it is of: `input`, `output` or `slope`, which is |f′|.
    pub series: &'static str,
    /// Which it is, as `mean` or `zeros`.
    pub statistic: &'static str,
}

impl StatisticsReport {
    pub(crate) fn new(activation: &Activation, dtype: Dtype) -> Self {
        Self {
            activation: activation.name().to_owned(),
            dtype,
            found: Found::new(activation.bound()),
        }
    }

    /// Within the bound, counts right, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges the statistics of a sample's channels, and those of the whole.
    pub(crate) fn judge(
        &mut self,
        activation: &Activation,
        sample: &StatisticsSample,
        channels: &[Statistics],
    ) -> Result<(), VerifyError> {
        let reference = activation.reference();
        let reference = reference.ok_or_else(|| VerifyError::no_reference(activation))?;
        let p = activation.values_f64();
        let numbers = sample.inputs.iter();
        let numbers: Vec<_> = numbers.map(|&x| Number::new(x, reference, &p)).collect();
        self.found.elements += numbers.len() as u64;
        for (channel, (places, statistics)) in (0..).zip(sample.places().iter().zip(channels)) {
            let own: Vec<_> = places.iter().map(|&place| numbers[place]).collect();
            self.note(activation, sample, Some(channel), &own, statistics);
        }
        let whole = channels.iter().sum();
        self.note(activation, sample, None, &numbers, &whole);
        Ok(())
    }

    fn note(
        &mut self,
        activation: &Activation,
        sample: &StatisticsSample,
        channel: Option<u64>,
        numbers: &[Number],
        statistics: &Statistics,
    ) {
        for finding in findings(activation, numbers, statistics) {
            let (expected, actual) = (finding.expected, finding.actual);
            let place = || StatisticPlace {
                shape: sample.shape.clone(),
                axis: sample.axis,
                channel,
                series: finding.series,
                statistic: finding.statistic,
            };
            self.found.note(finding.error, expected, actual, place);
        }
    }
}

impl fmt::Display for StatisticsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "statistics of {} {}: {}",
            self.activation, self.dtype, self.found
        )
    }
}

impl fmt::Display for StatisticPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (shape, axis) = (&self.shape, self.axis);
        write!(
            f,
            "{} {}, {shape:?} along {axis}",
            self.series, self.statistic
        )?;
        match self.channel {
            None => write!(f, ", all channels"),
            Some(channel) => write!(f, ", channel {channel}"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::tensor::Rows;

    /// Moments as the kernels write them: counts, marked, shift, exponent, sums, extrema.
    fn moments(counts: [u32; 4], shift: f32, sums: [f32; 2], extrema: [f32; 2]) -> [u32; 12] {
        let [sum, squares] = sums.map(f32::to_bits);
        let [minimum, maximum] = extrema.map(f32::to_bits);
        let [finite, nan, infinite, marked] = counts;
        let shift = shift.to_bits();
        [
            finite, nan, infinite, marked, shift, 127, sum, 0, squares, 0, minimum, maximum,
        ]
    }

    /// Of ReLU on -1, 2, 4, which makes 0, 2, 4 of them and has the slopes 0, 1, 1, and on a channel of
    /// NaN, with changes to some words of the first record.
    fn report(changes: &[(usize, u32)]) -> StatisticsReport {
        let nan = f32::NAN;
        let sample = StatisticsSample {
            shape: vec![3, 2],
            axis: 1,
            channels: Rows::along(&[3, 2], 1).unwrap(),
            inputs: vec![-1.0, nan, 2.0, nan, 4.0, nan],
        };
        let mut first = [
            moments([3, 0, 0, 0], -1.0, [8.0, 34.0], [-1.0, 4.0]),
            moments([3, 0, 0, 1], 0.0, [6.0, 20.0], [0.0, 4.0]),
            moments([3, 0, 0, 1], 0.0, [2.0, 2.0], [0.0, 1.0]),
        ];
        for &(word, value) in changes {
            first.as_flattened_mut()[word] = value;
        }
        let second = [moments([0, 3, 0, 0], 0.0, [0.0; 2], [0.0; 2]); 3];
        let channels = [first, second]
            .map(|record| Statistics::from_words(record.as_flattened().first_chunk().unwrap()));
        let mut report = StatisticsReport::new(&Activation::relu(), Dtype::F32);
        let judged = report.judge(&Activation::relu(), &sample, &channels);
        judged.unwrap();
        report
    }

    #[test]
    fn right_statistics_pass() {
        let report = report(&[]);
        assert!(report.passed() && report.found.max_ulp < 1e-3, "{report}");
        assert_eq!(report.found.elements, 6);
    }

    #[test]
    fn wrong_counts_do_not_pass() {
        // A finite one too few, NaN, infinite; zeros; saturated.
        for (word, value, name) in [
            (0, 2, "input finite"),
            (1, 1, "input NaN"),
            (14, 1, "output infinite"),
            (15, 0, "output zeros"),
            (27, 2, "slope saturated"),
        ] {
            let report = report(&[(word, value)]);
            let is_infinite = report.found.max_ulp.is_infinite();
            assert!(!report.passed() && is_infinite, "{report}");
            let text = report.to_string();
            assert!(text.contains(name) && text.contains("channel 0"), "{text}");
        }
    }

    #[test]
    fn moments_and_extrema_are_held_to_the_bound() {
        let sum = |sum: f32| sum.to_bits();
        for (word, near, far, name) in [
            // Of the input a distance that f32 just tells apart is too much. A sum is in both.
            (6, sum(8.0), sum(8.000_001), "at input "),
            (8, sum(34.0), sum(34.000_01), "input deviation"),
            (10, sum(-1.0), sum(-1.000_000_1), "input minimum"),
            (23, sum(4.000_000_5), sum(4.000_005), "output maximum"),
            (18, sum(6.000_001), sum(6.000_01), "at output "),
            (32, sum(2.000_000_2), sum(2.000_005), "slope deviation"),
        ] {
            assert!(report(&[(word, near)]).passed(), "{name}");
            let report = report(&[(word, far)]);
            assert!(!report.passed(), "{name}: {report}");
            assert!(report.to_string().contains(name), "{name}: {report}");
        }
    }

    #[test]
    fn nan_does_not_pass() {
        let report = report(&[(18, f32::NAN.to_bits())]);
        let disagree = report.found.nan_disagreements;
        assert!(!report.passed() && disagree > 0, "{report}");
    }
}
