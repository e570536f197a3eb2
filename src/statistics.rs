//! What is known of a tensor and of what an activation makes of it.

use std::iter::Sum;

use crate::shader::StatisticsShader;

/// How healthy the input of an activation is: whether its outputs are alive and zero-centred, and how
/// much gradient they let through.
///
/// Of 16-bit tensors too, outputs are those of f32, before they would be rounded.
///
/// ```
/// use wgpu_activations::Statistics;
///
/// // What the kernels write for a channel without elements.
/// let channel = Statistics::from_words(&[0; Statistics::WORDS]);
/// assert_eq!(channel.count(), 0);
/// assert!(!channel.is_dead());
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Statistics {
    input: Moments,
    output: Moments,
    slope: Moments,
    zeros: u64,
    saturated: u64,
}

/// How many numbers there are, and how they are distributed.
///
/// Mean, variance and extrema are of those that are finite.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Moments {
    finite: u64,
    nan: u64,
    infinite: u64,
    mean: f64,
    /// The sum of the squares of all distances from the mean.
    squares: f64,
    minimum: f64,
    maximum: f64,
}

/// The words of the moments of one series: three of these make a record.
const SERIES: usize = StatisticsShader::RECORD as usize / 3;

impl Statistics {
    /// The 32-bit words of one channel's record, as [`Kernels::statistics`](crate::Kernels::statistics)
    /// writes it.
    pub const WORDS: usize = StatisticsShader::RECORD as usize;

    /// A usual threshold of |f′|, below which an element is saturated: ten such layers in a row leave
    /// 10⁻³⁰ of a gradient.
    pub const THRESHOLD: f32 = 1e-3;

    /// Reads the record of a channel.
    pub fn from_words(words: &[u32; Self::WORDS]) -> Self {
        let (series, _) = words.as_chunks::<SERIES>();
        Self {
            input: Moments::from_words(&series[0]),
            output: Moments::from_words(&series[1]),
            slope: Moments::from_words(&series[2]),
            zeros: series[1][3].into(),
            saturated: series[2][3].into(),
        }
    }

    /// Those of the elements of both.
    #[must_use]
    pub fn merged(&self, other: &Self) -> Self {
        Self {
            input: self.input.merged(&other.input),
            output: self.output.merged(&other.output),
            slope: self.slope.merged(&other.slope),
            zeros: self.zeros + other.zeros,
            saturated: self.saturated + other.saturated,
        }
    }

    /// How many elements there are.
    pub fn count(&self) -> u64 {
        self.input.count()
    }

    /// Of the elements themselves.
    pub fn input(&self) -> &Moments {
        &self.input
    }

    /// Of f(x).
    pub fn output(&self) -> &Moments {
        &self.output
    }

    /// Of |f′(x)|: its mean tells how much gradient gets through.
    pub fn slope(&self) -> &Moments {
        &self.slope
    }

    /// How many outputs are zero, or below f32's normal numbers: some adapters do not tell these apart.
    pub fn zeros(&self) -> u64 {
        self.zeros
    }

    /// The share of outputs that are zero; NaN where there are no elements.
    pub fn sparsity(&self) -> f64 {
        self.zeros as f64 / self.count() as f64
    }

    /// How many elements have |f′| below the threshold.
    pub fn saturated(&self) -> u64 {
        self.saturated
    }

    /// The share of elements whose |f′| is below the threshold; NaN where there are no elements.
    pub fn saturation(&self) -> f64 {
        self.saturated as f64 / self.count() as f64
    }

    /// Whether every output is zero: of a channel, that its unit is dead.
    pub fn is_dead(&self) -> bool {
        self.count() > 0 && self.zeros == self.count()
    }
}

/// Those of all channels together.
impl<'a> Sum<&'a Self> for Statistics {
    fn sum<I: Iterator<Item = &'a Self>>(channels: I) -> Self {
        channels.fold(Self::default(), |all, channel| all.merged(channel))
    }
}

impl Moments {
    /// The kernels count from one of the numbers, in units of a power of two.
    fn from_words(words: &[u32; SERIES]) -> Self {
        let number = |index: usize| f64::from(f32::from_bits(words[index]));
        let finite = u64::from(words[0]);
        let mut moments = Self {
            finite,
            nan: words[1].into(),
            infinite: words[2].into(),
            ..Self::default()
        };
        if finite > 0 {
            let unit = 2_f64.powi(words[5].min(254) as i32 - 127);
            let sum = number(6) + number(7);
            let distance = sum / finite as f64;
            let squares = number(8) + number(9) - sum * distance;
            moments.mean = number(4) + distance * unit;
            moments.squares = squares.max(0.0) * unit * unit;
            (moments.minimum, moments.maximum) = (number(10), number(11));
        }
        moments
    }

    /// By Chan, Golub & LeVeque 1979, Updating formulae and a pairwise algorithm for computing sample
    /// variances.
    fn merged(&self, other: &Self) -> Self {
        let mut all = match (self.finite, other.finite) {
            (_, 0) => *self,
            (0, _) => *other,
            (here, there) => {
                let share = there as f64 / (here + there) as f64;
                let distance = other.mean - self.mean;
                Self {
                    mean: self.mean + distance * share,
                    squares: self.squares
                        + other.squares
                        + distance * distance * share * here as f64,
                    minimum: self.minimum.min(other.minimum),
                    maximum: self.maximum.max(other.maximum),
                    ..Self::default()
                }
            }
        };
        all.finite = self.finite + other.finite;
        all.nan = self.nan + other.nan;
        all.infinite = self.infinite + other.infinite;
        all
    }

    /// How many numbers there are, whatever they are.
    pub fn count(&self) -> u64 {
        self.finite + self.nan + self.infinite
    }

    /// How many are finite.
    pub fn finite(&self) -> u64 {
        self.finite
    }

    /// How many are NaN.
    pub fn nan(&self) -> u64 {
        self.nan
    }

    /// How many are ∞ or −∞.
    pub fn infinite(&self) -> u64 {
        self.infinite
    }

    /// The mean; NaN where there is no finite number.
    pub fn mean(&self) -> f64 {
        self.unless_empty(self.mean)
    }

    /// The mean of the squares of all distances from the mean, which is NumPy's variance and PyTorch's
    /// with `correction=0`; NaN where there is no finite number.
    pub fn variance(&self) -> f64 {
        self.squares / self.finite as f64
    }

    /// The smallest; NaN where there is no finite number.
    pub fn minimum(&self) -> f64 {
        self.unless_empty(self.minimum)
    }

    /// The largest; NaN where there is no finite number.
    pub fn maximum(&self) -> f64 {
        self.unless_empty(self.maximum)
    }

    fn unless_empty(&self, value: f64) -> f64 {
        if self.finite == 0 { f64::NAN } else { value }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A record whose inputs are as many times a power of two as the sums say, from a shift on.
    fn record(finite: u32, shift: f32, exponent: u32, sums: [f32; 4]) -> [u32; Statistics::WORDS] {
        let mut words = [0; Statistics::WORDS];
        words[..6].copy_from_slice(&[finite, 1, 2, 0, shift.to_bits(), exponent]);
        words[6..10].copy_from_slice(&sums.map(f32::to_bits));
        words[10..12].copy_from_slice(&[shift, 2.0 * shift].map(f32::to_bits));
        // How many outputs are zero, and how many inputs saturated.
        (words[15], words[27]) = (finite, finite / 3);
        words
    }

    #[test]
    fn records_count_from_a_shift_in_a_power_of_two() {
        // 10, 14, 30: the distances are 0, 1 and 5 times 4.
        let channel = Statistics::from_words(&record(3, 10.0, 129, [5.0, 1.0, 24.0, 2.0]));
        let input = channel.input();
        assert_eq!((input.mean(), input.variance()), (18.0, 224.0 / 3.0));
        assert_eq!((input.minimum(), input.maximum()), (10.0, 20.0));
        assert_eq!((input.nan(), input.infinite(), channel.count()), (1, 2, 6));
        assert_eq!((channel.zeros(), channel.saturated()), (3, 1));
        assert_eq!((channel.sparsity(), channel.is_dead()), (0.5, false));
    }

    #[test]
    fn together_there_may_be_more_than_32_bits_count() {
        let [a, b] = [1.0, 3.0].map(|shift| record(u32::MAX, shift, 127, [0.0; 4]));
        let channels = [a, b].map(|words| Statistics::from_words(&words));
        let total: Statistics = channels.iter().sum();
        assert_eq!(total.count(), 2 * (u64::from(u32::MAX) + 3));
        assert_eq!(total.zeros(), 2 * u64::from(u32::MAX));
        assert_eq!((total.input().mean(), total.input().variance()), (2.0, 1.0));
        assert_eq!(
            (total.input().minimum(), total.input().maximum()),
            (1.0, 6.0)
        );
        assert_eq!(total, Statistics::default().merged(&total));
    }
}
