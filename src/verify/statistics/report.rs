use std::fmt;

use super::StatisticsSample;
use super::channel::{Number, findings};
use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::statistics::Statistics;
use crate::verify::VerifyError;
use crate::verify::report::write_worst;
use crate::verify::tally::is_worse;

/// What a verification found for the statistics of tensors as the input of an activation.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct StatisticsReport {
    /// The activation's name.
    pub activation: String,
    /// What the elements of the tensors were.
    pub dtype: Dtype,
    /// How many elements there were.
    pub elements: u64,
    /// The largest error in ULP of f32, whatever the dtype, of all channels and of each tensor as a whole:
    /// infinite where a count is wrong, and NaN where one of two results is.
    ///
    /// Means and standard deviations are counted at the largest magnitude among their numbers, those of
    /// the input in 4096ths of an ULP, as its numbers are exact; extrema at their own, those of the input
    /// in as small units. Where an activation's terms cancel, the largest of them tells the magnitude. An element
    /// as near a threshold as the bound allows may be counted on either side of it.
    pub max_ulp: f64,
    /// Where it is; nowhere if every statistic is exact.
    pub worst: Option<WorstStatistic>,
    /// How many statistics are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// The bound in ULP, which is the activation's.
    pub bound: f64,
}

/// The statistic with the largest error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorstStatistic {
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
    /// What the reference gives.
    pub expected: f64,
    /// What the kernel gave.
    pub actual: f64,
}

impl StatisticsReport {
    pub(crate) fn new(activation: &Activation, dtype: Dtype) -> Self {
        Self {
            activation: activation.name().to_owned(),
            dtype,
            elements: 0,
            max_ulp: 0.0,
            worst: None,
            nan_disagreements: 0,
            bound: activation.bound(),
        }
    }

    /// Within the bound, counts right, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.max_ulp <= self.bound
    }

    /// Judges the statistics of a sample's channels, and those of the whole.
    pub(crate) fn judge(
        &mut self,
        activation: &Activation,
        sample: &StatisticsSample,
        channels: &[Statistics],
    ) -> Result<(), VerifyError> {
        let reference = activation.reference();
        let reference = reference.ok_or_else(|| VerifyError::NoReference {
            activation: activation.name().to_owned(),
        })?;
        let p = activation.values_f64();
        let numbers = sample.inputs.iter();
        let numbers: Vec<_> = numbers.map(|&x| Number::new(x, reference, &p)).collect();
        self.elements += numbers.len() as u64;
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
        for found in findings(activation, numbers, statistics) {
            self.nan_disagreements += u64::from(found.error.is_nan());
            if is_worse(found.error, self.max_ulp) {
                self.max_ulp = found.error;
                self.worst = Some(WorstStatistic {
                    shape: sample.shape.clone(),
                    axis: sample.axis,
                    channel,
                    series: found.series,
                    statistic: found.statistic,
                    expected: found.expected,
                    actual: found.actual,
                });
            }
        }
    }
}

impl fmt::Display for StatisticsReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "statistics of {} {}: {:.2} ULP over {} elements (bound {})",
            self.activation, self.dtype, self.max_ulp, self.elements, self.bound
        )?;
        let worst = self.worst.as_ref();
        let worst = worst.map(|worst| (format!("of {worst}"), worst.expected, worst.actual));
        write_worst(f, worst, self.nan_disagreements)
    }
}

impl fmt::Display for WorstStatistic {
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
        assert!(report.passed() && report.max_ulp < 1e-3, "{report}");
        assert_eq!(report.elements, 6);
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
            assert!(!report.passed() && report.max_ulp.is_infinite(), "{report}");
            let text = report.to_string();
            assert!(text.contains(name) && text.contains("channel 0"), "{text}");
        }
    }

    #[test]
    fn moments_and_extrema_are_held_to_the_bound() {
        let sum = |sum: f32| sum.to_bits();
        for (word, near, far, name) in [
            // Of the input a distance that f32 just tells apart is too much. A sum is in both.
            (6, sum(8.0), sum(8.000_001), "of input "),
            (8, sum(34.0), sum(34.000_01), "input deviation"),
            (10, sum(-1.0), sum(-1.000_000_1), "input minimum"),
            (23, sum(4.000_000_5), sum(4.000_005), "output maximum"),
            (18, sum(6.000_001), sum(6.000_01), "of output "),
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
        assert!(!report.passed() && report.nan_disagreements > 0, "{report}");
    }
}
