mod shape;

pub(crate) use shape::{MaskShape, last_offset};

use super::broadcast::Broadcast;
use super::{BoolView, Rows, ShapeError, TensorView};
use crate::dtype::Dtype;

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
    shape: MaskShape,
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
        Self::causal_from(shape, axis, last_offset(shape, axis)?)
    }

    /// Leaves out the keys after `q + offset` for each query `q`; otherwise as [`Mask::causal`].
    pub fn causal_from(shape: &[u64], axis: i64, offset: i64) -> Result<Self, MaskError> {
        Ok(Self {
            shape: MaskShape::of_queries(shape, axis)?,
            values: MaskValues::Causal(offset),
        })
    }

    fn new(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        values: MaskValues,
    ) -> Result<Self, MaskError> {
        let given = match &values {
            MaskValues::Additive(view) => view.len(),
            MaskValues::Boolean(view) => view.len(),
            MaskValues::Causal(_) => 0,
        };
        Ok(Self {
            shape: MaskShape::new(shape, axis, mask_shape, given)?,
            values,
        })
    }

    /// The rows that it is for.
    pub fn rows(&self) -> &Rows {
        self.shape.rows()
    }

    pub(crate) fn broadcast(&self) -> &Broadcast {
        self.shape.broadcast()
    }

    pub(crate) fn values(&self) -> &MaskValues {
        &self.values
    }
}

/// Why a mask does not go with a tensor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum MaskError {
    /// The tensor has no such rows.
    #[error(transparent)]
    Rows(#[from] ShapeError),
    /// More or fewer elements are given than the mask's shape has.
    #[error("a mask of shape {mask:?} has {expected} elements, but {given} are given")]
    Length {
        /// The mask's shape.
        mask: Vec<u64>,
        /// The elements of that.
        expected: u64,
        /// Those of the view, or in memory.
        given: u64,
    },
    /// The bytes of a mask hold a part of an element.
    #[error("the mask has {bytes} bytes, which is no multiple of {}, the size of one {dtype}", dtype.size())]
    PartialElement {
        /// Its length in bytes.
        bytes: u64,
        /// What its elements are.
        dtype: Dtype,
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
