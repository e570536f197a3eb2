//! Masks from memory.

use std::fmt;
use std::ops::Range;

use super::resident::filled;
use crate::dtype::{Dtype, Element};
use crate::kernels::{KernelError, Kernels};
use crate::tensor::{
    BoolView, Mask, MaskError, MaskShape, MaskValues, Rows, TensorView, last_offset,
};

/// A [`Mask`] in memory: which elements of a tensor have a part in its rows, or what is added to them.
///
/// One with as many elements as the tensor is streamed beside it; where the tensor passes in blocks of rows, so
/// is any that tells these apart. Any other is on the device as a whole, beside what
/// [`Offload::MEMORY`](super::Offload::MEMORY) counts.
#[derive(Clone)]
pub struct HostMask<'a> {
    shape: MaskShape,
    values: Values<'a>,
}

#[derive(Clone, Copy)]
enum Values<'a> {
    Additive(Dtype, &'a [u8]),
    Boolean(&'a [u8]),
    Causal(i64),
}

impl<'a> HostMask<'a> {
    /// Adds elements to what enters the exponential, as [`Mask::additive`] does.
    pub fn additive<T: Element>(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        mask: &'a [T],
    ) -> Result<Self, MaskError> {
        Self::additive_bytes(
            shape,
            axis,
            mask_shape,
            T::DTYPE,
            bytemuck::cast_slice(mask),
        )
    }

    /// [`HostMask::additive`] from memory that need not be aligned, such as a mapped file: elements in the
    /// machine's byte order.
    pub fn additive_bytes(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        dtype: Dtype,
        mask: &'a [u8],
    ) -> Result<Self, MaskError> {
        let bytes = mask.len() as u64;
        if !bytes.is_multiple_of(dtype.size()) {
            return Err(MaskError::PartialElement { bytes, dtype });
        }
        Ok(Self {
            shape: MaskShape::new(shape, axis, mask_shape, bytes / dtype.size())?,
            values: Values::Additive(dtype, mask),
        })
    }

    /// Leaves out the elements whose mask is false, whatever they are, as [`Mask::boolean`] does.
    pub fn boolean(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        mask: &'a [bool],
    ) -> Result<Self, MaskError> {
        Self::boolean_bytes(shape, axis, mask_shape, bytemuck::cast_slice(mask))
    }

    /// [`HostMask::boolean`] from bytes that are 0 for false, as NumPy and PyTorch keep their `bool`.
    pub fn boolean_bytes(
        shape: &[u64],
        axis: i64,
        mask_shape: &[u64],
        mask: &'a [u8],
    ) -> Result<Self, MaskError> {
        Ok(Self {
            shape: MaskShape::new(shape, axis, mask_shape, mask.len() as u64)?,
            values: Values::Boolean(mask),
        })
    }

    /// Leaves out the keys that come after a query, as [`Mask::causal`] does.
    pub fn causal(shape: &[u64], axis: i64) -> Result<Self, MaskError> {
        Self::causal_from(shape, axis, last_offset(shape, axis)?)
    }

    /// Leaves out the keys after `q + offset` for each query `q`, as [`Mask::causal_from`] does.
    pub fn causal_from(shape: &[u64], axis: i64, offset: i64) -> Result<Self, MaskError> {
        Ok(Self {
            shape: MaskShape::of_queries(shape, axis)?,
            values: Values::Causal(offset),
        })
    }

    /// The rows that it is for.
    pub fn rows(&self) -> &Rows {
        self.shape.rows()
    }

    /// How many elements it has.
    pub(super) fn len(&self) -> u64 {
        match self.values {
            Values::Additive(dtype, bytes) => bytes.len() as u64 / dtype.size(),
            Values::Boolean(bytes) => bytes.len() as u64,
            Values::Causal(_) => 0,
        }
    }

    /// Where on the rows its elements lie.
    pub(super) fn shape(&self) -> &MaskShape {
        &self.shape
    }

    /// Some of its elements on the device.
    pub(super) fn upload(
        &self,
        kernels: &Kernels,
        elements: Range<u64>,
    ) -> Result<MaskValues, KernelError> {
        let len = elements.end - elements.start;
        let bytes = &self.bytes()[self.bytes_of(&elements)];
        self.on_device(kernels, bytes, len)
    }

    /// What goes with some rows of a slab, on the device.
    pub(super) fn upload_block(
        &self,
        kernels: &Kernels,
        slab: u64,
        columns: &Range<u64>,
    ) -> Result<Mask, KernelError> {
        let (shape, all) = self.shape.block(slab, columns);
        let mut bytes = Vec::new();
        let mut len = 0;
        for elements in all {
            len += elements.end - elements.start;
            bytes.extend_from_slice(&self.bytes()[self.bytes_of(&elements)]);
        }
        let values = self.on_device(kernels, &bytes, len)?;
        Ok(shape.with_values(values))
    }

    /// What its values are stored as.
    fn bytes(&self) -> &'a [u8] {
        match self.values {
            Values::Additive(_, bytes) | Values::Boolean(bytes) => bytes,
            Values::Causal(_) => &[],
        }
    }

    fn bytes_of(&self, elements: &Range<u64>) -> Range<usize> {
        let size = match self.values {
            Values::Additive(dtype, _) => dtype.size(),
            Values::Boolean(_) | Values::Causal(_) => 1,
        };
        (elements.start * size) as usize..(elements.end * size) as usize
    }

    fn on_device(
        &self,
        kernels: &Kernels,
        bytes: &[u8],
        len: u64,
    ) -> Result<MaskValues, KernelError> {
        let filled = || filled(kernels.device(), bytes);
        Ok(match self.values {
            Values::Additive(dtype, _) => {
                MaskValues::Additive(TensorView::new(&filled()?, dtype, 0, len)?)
            }
            Values::Boolean(_) => MaskValues::Boolean(BoolView::new(&filled()?, 0, len)?),
            Values::Causal(offset) => MaskValues::Causal(offset),
        })
    }
}

impl fmt::Debug for HostMask<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("HostMask")
            .field("shape", &self.shape)
            .finish_non_exhaustive()
    }
}
