use super::{Rows, ShapeError};

/// To which half of a tensor a gated unit applies its activation; the other is what gets scaled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Gate {
    /// To the first, as language models often have it: `output = f(first) · second`.
    First,
    /// To the second, as PyTorch's GLU has it: `output = first · f(second)`.
    Second,
}

/// A tensor seen as two halves along one axis, of which one gates the other.
///
/// The result has half as many elements along that axis.
///
/// ```
/// use wgpu_activations::{Gate, Halves};
///
/// // 512 tokens, each with 2 × 11008 features.
/// let halves = Halves::along(&[512, 22_016], -1, Gate::First)?;
/// assert_eq!(halves.elements() / 2, 512 * 11_008);
/// assert!(Halves::along(&[512, 11], -1, Gate::First).is_err());
/// # Ok::<(), wgpu_activations::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Halves {
    rows: Rows,
    gate: Gate,
}

impl Halves {
    /// The halves of a tensor of this shape along an axis; negative axes count from the last one.
    pub fn along(shape: &[u64], axis: i64, gate: Gate) -> Result<Self, ShapeError> {
        let rows = Rows::along(shape, axis)?;
        if !rows.len().is_multiple_of(2) {
            return Err(ShapeError::Odd {
                shape: shape.to_vec(),
                axis,
                len: rows.len(),
            });
        }
        Ok(Self { rows, gate })
    }

    /// So many values before as many gates.
    #[cfg(all(feature = "offload", feature = "verify"))]
    pub(crate) fn pairs(count: u64) -> Self {
        Self {
            rows: Rows::pairs(count),
            gate: Gate::Second,
        }
    }

    /// Some of these halves: so many runs of each, of so many elements.
    #[cfg(feature = "offload")]
    pub(crate) fn part(self, runs: u64, run: u64) -> Self {
        Self {
            rows: Rows::new(runs, 2, run),
            ..self
        }
    }

    /// How many elements both halves have together.
    pub fn elements(&self) -> u64 {
        self.rows.elements()
    }

    /// Which half the activation is applied to.
    pub fn gate(&self) -> Gate {
        self.gate
    }

    /// Both halves' rows along the axis.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    /// How many elements of one half lie together in memory, before as many of the other.
    pub(crate) fn run(&self) -> u64 {
        self.rows.len() / 2 * self.rows.inner()
    }

    /// Where the runs of the value and of the gate begin in the two together.
    pub(crate) fn starts(&self) -> [u64; 2] {
        match self.gate {
            Gate::First => [self.run(), 0],
            Gate::Second => [0, self.run()],
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn runs_are_half_of_what_lies_along_the_axis() {
        for (axis, expected) in [(0, (1, 420)), (2, (12, 35)), (-2, (12, 35))] {
            let halves = Halves::along(&[2, 6, 10, 7], axis, Gate::Second).unwrap();
            assert_eq!((halves.rows().outer(), halves.run()), expected);
            assert_eq!(halves.starts(), [0, expected.1]);
        }
        let halves = Halves::along(&[2, 6], 1, Gate::First).unwrap();
        assert_eq!(halves.starts(), [3, 0]);
    }

    #[test]
    fn an_odd_length_is_refused_with_its_shape_and_the_remedy() {
        let error = Halves::along(&[4, 7], -1, Gate::First).unwrap_err();
        let text = error.to_string();
        for part in ["[4, 7]", "axis -1", "7 elements", "even", "two views"] {
            assert!(text.contains(part), "{text}");
        }
        assert_eq!(
            Halves::along(&[0, 6], 1, Gate::First).unwrap().elements(),
            0
        );
        assert!(Halves::along(&[4], 1, Gate::First).is_err());
    }
}
