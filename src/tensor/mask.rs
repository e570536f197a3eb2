use std::ops::Range;

use super::broadcast::{Axes, Broadcast};
use super::{BoolView, Rows, ShapeError, TensorView};

/// Which elements of a tensor have a part in its rows, or what is added to them.
///
/// A mask has the tensor's shape, or one that broadcasts to it as in NumPy: shapes are aligned at
/// their ends, and an axis that the mask does not have, or has with length 1, repeats it.
///
/// Where a mask leaves an element out, the result is 0 (−∞ for log_softmax), its gradient 0; a row
/// of which it leaves nothing is all 0 (−∞) with gradients of 0, not NaN. Backward operations work
/// from the saved output and take no mask.
///
/// ```no_run
/// use wgpu_activations::{BoolView, Kernels, Mask, Prepared, RowActivation, TensorView};
///
/// /// 8 sequences, padded to 512 tokens, under 12 heads; `keep` has 8 × 512 bytes, 0 for padding.
/// fn attention(
///     kernels: &Kernels,
///     keep: &wgpu::Buffer,
///     scores: &TensorView,
///     weights: &TensorView,
/// ) -> Result<Prepared, Box<dyn std::error::Error>> {
///     let keep = BoolView::new(keep, 0, 8 * 512)?;
///     let mask = Mask::boolean(&[8, 12, 512, 512], -1, &[8, 1, 1, 512], &keep)?;
///     let softmax = RowActivation::softmax().with_scale(0.125)?;
///     Ok(kernels.forward_rows_masked(&softmax, &mask, scores, weights)?)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Mask {
    rows: Rows,
    broadcast: Broadcast,
    values: MaskValues,
}

/// What a mask says of elements.
#[derive(Clone, Debug)]
pub(crate) enum MaskValues {
    /// What is added.
    Additive(TensorView),
    /// Whether they have a part.
    Boolean(BoolView),
    /// They have one where the number of their key is at most that of their query and this.
    Causal(i64),
}

/// The most axes of a mask on either side of the rows' own, once neighbours are merged; stands in
/// `rows/settings.wgsl` too.
pub(crate) const MAX_TERMS: usize = 4;

/// The most slabs whose numbers a kernel can count from any of them.
const MAX_SLABS: u64 = 1 << 31;

impl Mask {
    /// Adds a tensor to what enters the exponential: `scale · x`, for softmin `−scale · x`.
    ///
    /// −∞ leaves an element out whatever it is, unless that is NaN.
    pub fn additive(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        mask: &TensorView,
    ) -> Result<Self, MaskError> {
        let mask = MaskValues::Additive(mask.clone());
        Self::new(shape, axis, mask_shape, mask)
    }

    /// Leaves out the elements whose mask is false (0), whatever they are, NaN included: true lets
    /// an element take part, as in PyTorch's `scaled_dot_product_attention`.
    pub fn boolean(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        mask: &BoolView,
    ) -> Result<Self, MaskError> {
        Self::new(shape, axis, mask_shape, MaskValues::Boolean(mask.clone()))
    }

    /// Leaves out what comes after a query: rows lie along the axis of keys, before which is the axis
    /// of queries, and the last query sees the last key. NaN in what is left out does no harm.
    ///
    /// With as many keys as queries, query `q` sees the keys up to `q`. Where there are more, because
    /// those of earlier tokens are cached, it sees `keys − queries` more.
    pub fn causal(shape: &[u64], axis: i64) -> Result<Self, MaskError> {
        let keys = Rows::along(shape, axis)?.len();
        let offset = i128::from(keys) - i128::from(queries(shape, axis)?);
        // Beyond that no tensor reaches.
        let offset = offset.clamp(i64::MIN.into(), i64::MAX.into()) as i64;
        Self::causal_from(shape, axis, offset)
    }

    /// Leaves out the keys after `q + offset` for each query `q`; otherwise as [`Mask::causal`].
    pub fn causal_from(shape: &[u64], axis: i64, offset: i64) -> Result<Self, MaskError> {
        let rows = Rows::along(shape, axis)?;
        let broadcast = Broadcast::of_queries(&rows, queries(shape, axis)?);
        Self::checked(rows, broadcast, MaskValues::Causal(offset))
    }

    fn new(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        values: MaskValues,
    ) -> Result<Self, MaskError> {
        let rows = Rows::along(shape, axis)?;
        let broadcast = Broadcast::new(shape, axis, mask_shape)?;
        let expected = Rows::count_of(mask_shape)?;
        let given = match &values {
            MaskValues::Additive(view) => view.len(),
            MaskValues::Boolean(view) => view.len(),
            MaskValues::Causal(_) => expected,
        };
        if given != expected {
            return Err(MaskError::Length {
                mask: mask_shape.to_vec(),
                expected,
                given,
            });
        }
        Self::checked(rows, broadcast, values)
    }

    fn checked(rows: Rows, broadcast: Broadcast, values: MaskValues) -> Result<Self, MaskError> {
        if rows.outer() > MAX_SLABS {
            return Err(MaskError::TooManyRows {
                outer: rows.outer(),
            });
        }
        Ok(Self {
            rows,
            broadcast,
            values,
        })
    }

    /// The rows that it is for.
    pub fn rows(&self) -> &Rows {
        &self.rows
    }

    pub(crate) fn broadcast(&self) -> &Broadcast {
        &self.broadcast
    }

    pub(crate) fn values(&self) -> &MaskValues {
        &self.values
    }
}

/// The length of the axis before the rows' own.
fn queries(shape: &[u64], axis: i64) -> Result<u64, MaskError> {
    let index = Rows::axis_index(shape, axis)?;
    let before = index.checked_sub(1);
    before
        .map(|index| shape[index])
        .ok_or_else(|| MaskError::NoQueries {
            shape: shape.to_vec(),
            axis,
        })
}

impl Broadcast {
    /// That of a mask.
    pub(crate) fn new(shape: &[u64], axis: i64, mask_shape: &[u64]) -> Result<Self, MaskError> {
        let index = Rows::axis_index(shape, axis)?;
        let strides = strides(shape, mask_shape)?;
        if shape.contains(&0) {
            return Ok(Self::default());
        }
        let axes = |range: Range<usize>| {
            let lens = shape[range.clone()].iter().copied();
            Axes::new(lens.zip(strides[range].iter().copied()))
        };
        let broadcast = Self {
            slabs: axes(0..index),
            stride: strides[index],
            columns: axes(index + 1..shape.len()),
        };
        let terms = [&broadcast.slabs, &broadcast.columns].map(|axes| axes.terms().len());
        match terms.into_iter().max() {
            Some(terms) if terms > MAX_TERMS => Err(MaskError::Irregular {
                mask: mask_shape.to_vec(),
                shape: shape.to_vec(),
                terms,
            }),
            _ => Ok(broadcast),
        }
    }

    /// One whose elements are the numbers of queries, along the last axis before the rows' own.
    pub(crate) fn of_queries(rows: &Rows, queries: u64) -> Self {
        let repeats = rows.outer().checked_div(queries).unwrap_or(0);
        Self {
            slabs: Axes::new([(repeats, 0), (queries, 1)]),
            ..Self::default()
        }
    }
}

/// How far apart in a mask the elements along each axis of the tensor lie.
fn strides(shape: &[u64], mask: &[u64]) -> Result<Vec<u64>, MaskError> {
    let mismatch = || MaskError::Shape {
        mask: mask.to_vec(),
        shape: shape.to_vec(),
    };
    let missing = shape.len().checked_sub(mask.len()).ok_or_else(mismatch)?;
    let mut strides = vec![0; shape.len()];
    let mut stride = 1_u64;
    for (axis, &len) in mask.iter().enumerate().rev() {
        let axis = axis + missing;
        if len != 1 {
            if len != shape[axis] {
                return Err(mismatch());
            }
            strides[axis] = stride;
            // The tensor's elements can be counted, so these can; an empty one's need not.
            stride = stride.saturating_mul(len);
        }
    }
    Ok(strides)
}

/// Why a mask does not go with a tensor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// The tensor has no such rows.
    #[error(transparent)]
    Rows(#[from] ShapeError),
    /// The view has more or fewer elements than the mask's shape.
    #[error("a mask of shape {mask:?} has {expected} elements, but the view has {given}")]
    Length {
        /// The mask's shape.
        mask: Vec<u64>,
        /// The elements of that.
        expected: u64,
        /// The elements of the view.
        given: u64,
    },
    /// The mask's shape does not broadcast to the tensor's.
    #[error(
        "a mask of shape {mask:?} does not broadcast to {shape:?}: counted from the last, each of its \
         axes must have length 1 or the tensor's"
    )]
    Shape {
        /// The mask's shape.
        mask: Vec<u64>,
        /// The tensor's.
        shape: Vec<u64>,
    },
    /// The mask's axes alternate too often between those that repeat it and those that do not.
    #[error(
        "a mask of shape {mask:?} on a tensor of shape {shape:?} has {terms} separate axes on one side of \
         the rows', but there is room for {MAX_TERMS}; repeat it along its axes of length 1, so that \
         neighbours become one"
    )]
    Irregular {
        /// The mask's shape.
        mask: Vec<u64>,
        /// The tensor's.
        shape: Vec<u64>,
        /// How many axes are left once neighbours are merged.
        terms: usize,
    },
    /// A causal mask needs an axis of queries.
    #[error(
        "a causal mask needs an axis of queries before that of the keys, but axis {axis} of shape {shape:?} \
         is the first; add one of length 1 before it"
    )]
    NoQueries {
        /// The tensor's shape.
        shape: Vec<u64>,
        /// The axis.
        axis: i64,
    },
    /// More than a kernel can count.
    #[error(
        "the axes before the rows' have {outer} elements, but a masked tensor may have {MAX_SLABS} there; \
         take it in several views"
    )]
    TooManyRows {
        /// The product of these axes.
        outer: u64,
    },
}
