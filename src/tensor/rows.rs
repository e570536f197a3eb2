/// A tensor seen as rows along one axis: outer × len × inner elements, where a row's elements lie
/// `inner` apart.
///
/// ```
/// use wgpu_activations::Rows;
///
/// let rows = Rows::along(&[8, 12, 512, 512], -1)?;
/// assert_eq!((rows.count(), rows.len()), (8 * 12 * 512, 512));
/// let channels = Rows::along(&[8, 3, 64, 64], 1)?;
/// assert_eq!((channels.count(), channels.inner()), (8 * 64 * 64, 64 * 64));
/// # Ok::<(), wgpu_activations::ShapeError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Rows {
    outer: u64,
    len: u64,
    inner: u64,
}

impl Rows {
    /// The rows of a tensor of this shape along an axis; negative axes count from the last one.
    pub fn along(shape: &[u64], axis: i64) -> Result<Self, ShapeError> {
        let index = Self::axis_index(shape, axis)?;
        if shape.contains(&0) {
            // Whatever the other axes' product is.
            return Ok(Self {
                outer: 0,
                len: shape[index],
                inner: 1,
            });
        }
        Self::count_of(shape)?;
        Ok(Self {
            outer: Self::count_of(&shape[..index])?,
            len: shape[index],
            inner: Self::count_of(&shape[index + 1..])?,
        })
    }

    /// Rows of a tensor whose elements can be counted.
    #[cfg(feature = "offload")]
    pub(crate) fn new(outer: u64, len: u64, inner: u64) -> Self {
        Self { outer, len, inner }
    }

    /// Rows of two elements that lie `count` apart.
    #[cfg(all(feature = "offload", feature = "verify"))]
    pub(crate) fn pairs(count: u64) -> Self {
        Self {
            outer: 1,
            len: 2,
            inner: count,
        }
    }

    /// The same rows over so many positions of the axes before their own.
    #[cfg(test)]
    pub(crate) fn with_outer(self, outer: u64) -> Self {
        Self { outer, ..self }
    }

    /// How many elements a tensor of this shape has.
    pub(super) fn count_of(shape: &[u64]) -> Result<u64, ShapeError> {
        if shape.contains(&0) {
            return Ok(0);
        }
        let product = shape
            .iter()
            .try_fold(1_u64, |all, &axis| all.checked_mul(axis));
        product.ok_or_else(|| ShapeError::TooLarge {
            shape: shape.to_vec(),
        })
    }

    /// An axis, counted from the first one.
    pub(super) fn axis_index(shape: &[u64], axis: i64) -> Result<usize, ShapeError> {
        let rank = shape.len();
        let index = if axis < 0 {
            rank.checked_sub(usize::try_from(axis.unsigned_abs()).unwrap_or(usize::MAX))
        } else {
            usize::try_from(axis).ok()
        };
        index
            .filter(|&index| index < rank)
            .ok_or(ShapeError::Axis { axis, rank })
    }

    /// How many elements all rows have together.
    pub fn elements(&self) -> u64 {
        self.outer * self.len * self.inner
    }

    /// How many rows there are.
    pub fn count(&self) -> u64 {
        self.outer * self.inner
    }

    /// How many elements a row has.
    #[expect(
        clippy::len_without_is_empty,
        reason = "it is the length of a row, not of this"
    )]
    pub fn len(&self) -> u64 {
        self.len
    }

    /// The same elements as one row, all of which belong together.
    pub(crate) fn joined(&self) -> Self {
        Self {
            outer: 1,
            len: 1,
            inner: self.elements(),
        }
    }

    /// The product of the axes before the rows' own.
    pub fn outer(&self) -> u64 {
        self.outer
    }

    /// The product of the axes after the rows' own.
    pub fn inner(&self) -> u64 {
        self.inner
    }
}

/// Why a shape has no rows along an axis.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShapeError {
    /// The tensor has no such axis.
    #[error("{}", no_axis(*axis, *rank))]
    Axis {
        /// The axis that was asked for.
        axis: i64,
        /// How many axes there are.
        rank: usize,
    },
    /// The axis has no two halves.
    #[error(
        "a tensor of shape {shape:?} has {len} elements along axis {axis}, which make no two halves; \
         choose an axis of even length, or give the value and the gate as two views"
    )]
    Odd {
        /// The shape.
        shape: Vec<u64>,
        /// The axis that was asked for.
        axis: i64,
        /// How many elements it has.
        len: u64,
    },
    /// No memory holds so many elements.
    #[error("a tensor of shape {shape:?} has more elements than 2^64; check the shape")]
    TooLarge {
        /// The shape.
        shape: Vec<u64>,
    },
}

fn no_axis(axis: i64, rank: usize) -> String {
    match rank {
        0 => format!("axis {axis} of a single number, which has no axis; reshape it to [1]"),
        rank => format!(
            "axis {axis} of a tensor with {rank} axes; choose one in -{rank}..={}",
            rank - 1
        ),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn axes_count_from_both_ends() {
        let shape = [2, 3, 5, 7];
        for (axis, expected) in [
            (0, (1, 2, 105)),
            (1, (2, 3, 35)),
            (-1, (30, 7, 1)),
            (-4, (1, 2, 105)),
        ] {
            let rows = Rows::along(&shape, axis).unwrap();
            assert_eq!((rows.outer(), rows.len(), rows.inner()), expected);
            assert_eq!(rows.elements(), 210);
        }
        for axis in [4, -5, i64::MAX, i64::MIN] {
            let error = Rows::along(&shape, axis).unwrap_err().to_string();
            assert!(error.contains("-4..=3"), "{error}");
        }
        assert!(Rows::along(&[], 0).unwrap_err().to_string().contains("[1]"));
    }

    #[test]
    fn shapes_that_overflow_are_refused_and_empty_ones_are_not() {
        let large = 1 << 33;
        assert!(matches!(
            Rows::along(&[large, large, 2], 2),
            Err(ShapeError::TooLarge { .. })
        ));
        assert!(matches!(
            Rows::along(&[large, 2, large], 1),
            Err(ShapeError::TooLarge { .. })
        ));
        assert_eq!(Rows::along(&[large, 0, large], 1).unwrap().elements(), 0);
    }
}
