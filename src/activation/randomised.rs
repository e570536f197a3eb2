use super::{Activation, ActivationError};

/// The randomised leaky ReLU as it is in training: x, or where x is not positive a slope times x, which
/// is drawn for each element from the uniform distribution between two bounds.
///
/// In evaluation every slope is their mean: [`RandomisedRelu::evaluation`]. The slope is
/// `lower + u · (upper − lower)` in f32, with u a multiple of 2⁻²⁴ in 0 .. 1, and lies between the bounds.
///
/// ```
/// use wgpu_activations::RandomisedRelu;
///
/// let rrelu = RandomisedRelu::new(0.1, 0.3)?;
/// assert_eq!((rrelu.lower(), rrelu.upper()), (0.1, 0.3));
/// assert!(RandomisedRelu::new(0.3, 0.1).is_err());
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RandomisedRelu {
    evaluation: Activation,
}

impl RandomisedRelu {
    /// With slopes between these bounds.
    pub fn new(lower: f32, upper: f32) -> Result<Self, ActivationError> {
        // Without the sign of a zero, which adapters need not agree on.
        let bounds = [("lower", lower + 0.0), ("upper", upper + 0.0)];
        let bounds = bounds.map(|(name, bound)| (name, f64::from(bound)));
        Ok(Self {
            evaluation: Activation::rrelu().with_all(&bounds)?,
        })
    }

    /// The default, then others with unusual bounds: what a verification tries.
    pub fn variants() -> impl Iterator<Item = Self> {
        let row = Activation::rrelu().definition();
        row.into_iter()
            .flat_map(Activation::variants)
            .map(|evaluation| Self { evaluation })
    }

    /// The least slope.
    pub fn lower(&self) -> f32 {
        self.bounds()[0]
    }

    /// The largest slope.
    pub fn upper(&self) -> f32 {
        self.bounds()[1]
    }

    /// The activation of the catalogue that stands for it in evaluation.
    pub fn evaluation(&self) -> &Activation {
        &self.evaluation
    }

    fn bounds(&self) -> [f32; 2] {
        match self.evaluation.values() {
            &[lower, upper, ..] => [lower, upper],
            // The catalogue's row has both.
            _ => [0.0; 2],
        }
    }
}

/// With slopes between 1/8 and 1/3, as PyTorch has them.
impl Default for RandomisedRelu {
    fn default() -> Self {
        Self {
            evaluation: Activation::rrelu(),
        }
    }
}

/// Where random numbers come from: a key, and an offset into the stream of numbers that it has.
///
/// Four elements of a tensor share a counter, and that of element i is `offset + i / 4`, modulo 2⁶⁴. The
/// numbers are those of Philox 4×32-10, with the lower half of key and counter first, the counter's
/// other two words 0.
///
/// ```
/// use wgpu_activations::Seed;
///
/// let first_layer = Seed::new(42);
/// let second_layer = first_layer.after(1_000_001);
/// assert_eq!(second_layer, Seed::new(42).with_offset(250_001));
/// // Halves of a tensor, with the numbers that the whole would have.
/// let (upper_half, lower_half) = (first_layer, first_layer.from_element(500_002));
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Seed {
    key: u64,
    offset: u64,
    lane: u8,
}

impl Seed {
    /// The beginning of a key's stream.
    pub const fn new(key: u64) -> Self {
        Self {
            key,
            offset: 0,
            lane: 0,
        }
    }

    /// The same key's stream from another offset on.
    #[must_use]
    pub const fn with_offset(self, offset: u64) -> Self {
        Self {
            offset,
            lane: 0,
            ..self
        }
    }

    /// What follows in the stream once a tensor of so many elements has had its numbers.
    #[must_use]
    pub const fn after(self, elements: u64) -> Self {
        let end = self.from_element(elements);
        let started = if end.lane > 0 { 1 } else { 0 };
        end.with_offset(end.offset.wrapping_add(started))
    }

    /// For the part of a tensor that begins at this element: its numbers are those that it has in the
    /// whole.
    #[must_use]
    pub const fn from_element(self, element: u64) -> Self {
        let lane = self.lane + (element % 4) as u8;
        let counters = element / 4 + (lane / 4) as u64;
        Self {
            offset: self.offset.wrapping_add(counters),
            lane: lane % 4,
            ..self
        }
    }

    /// The key.
    pub const fn key(self) -> u64 {
        self.key
    }

    /// The counter of the first element.
    pub const fn offset(self) -> u64 {
        self.offset
    }

    /// Which of the elements that share that counter the first one is.
    pub(crate) const fn lane(self) -> u8 {
        self.lane
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_of_parts_are_parts_of_the_whole() {
        let seed = Seed::new(7).with_offset(u64::MAX - 3);
        for (first, second) in [(0, 0), (1, 2), (3, 1), (7, 9), (5, u64::MAX - 5)] {
            let twice = seed.from_element(first).from_element(second);
            assert_eq!(twice, seed.from_element(first + second));
        }
    }

    #[test]
    fn what_follows_begins_with_a_counter_of_its_own() {
        let seed = Seed::new(7).with_offset(10);
        for (elements, offset) in [(0, 10), (1, 11), (4, 11), (5, 12)] {
            assert_eq!(seed.after(elements), seed.with_offset(offset));
        }
        assert_eq!(seed.from_element(3).after(2), seed.with_offset(12));
    }
}
