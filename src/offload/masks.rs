//! Functions of rows under a mask, from slices to slices.

use std::fmt;
use std::ops::Range;
use std::sync::OnceLock;

use super::resident::filled;
use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::RowActivation;
use crate::dtype::{Dtype, Element};
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::{
    BoolView, Mask, MaskError, MaskShape, MaskValues, Rows, TensorView, last_offset,
};

/// A [`Mask`] in memory: which elements of a tensor have a part in its rows, or what is added to them.
///
/// One with as many elements as the tensor is streamed beside it. Any other is on the device as a whole,
/// beside what [`Offload::MEMORY`] counts.
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
    fn len(&self) -> u64 {
        match self.values {
            Values::Additive(dtype, bytes) => bytes.len() as u64 / dtype.size(),
            Values::Boolean(bytes) => bytes.len() as u64,
            Values::Causal(_) => 0,
        }
    }

    /// Some of its elements on the device.
    fn upload(&self, kernels: &Kernels, elements: Range<u64>) -> Result<MaskValues, KernelError> {
        let len = elements.end - elements.start;
        let [start, end] = [elements.start, elements.end].map(|at| at as usize);
        Ok(match self.values {
            Values::Additive(dtype, bytes) => {
                let size = dtype.size() as usize;
                let buffer = filled(kernels.device(), &bytes[start * size..end * size])?;
                MaskValues::Additive(TensorView::new(&buffer, dtype, 0, len)?)
            }
            Values::Boolean(bytes) => {
                let buffer = filled(kernels.device(), &bytes[start..end])?;
                MaskValues::Boolean(BoolView::new(&buffer, 0, len)?)
            }
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

/// A function of rows under a mask, in which a unit is a slab.
#[derive(Debug)]
struct OverMaskedRows<'a> {
    activation: &'a RowActivation,
    mask: &'a HostMask<'a>,
    /// The whole mask on the device, where it is not streamed.
    whole: OnceLock<MaskValues>,
}

impl OverMaskedRows<'_> {
    fn slab(&self) -> u64 {
        self.mask.rows().len() * self.mask.rows().inner()
    }

    /// The mask of some slabs.
    fn mask_of(&self, kernels: &Kernels, slabs: &Range<u64>) -> Result<Mask, KernelError> {
        let (mask, slab) = (self.mask, self.slab());
        if mask.len() == mask.rows().elements() {
            let values = mask.upload(kernels, slabs.start * slab..slabs.end * slab)?;
            let shape = mask.shape.part(0..slabs.end - slabs.start);
            return Ok(shape.with_values(values));
        }
        let values = match self.whole.get() {
            Some(values) => values.clone(),
            None => {
                let values = mask.upload(kernels, 0..mask.len())?;
                self.whole.get_or_init(|| values).clone()
            }
        };
        Ok(mask.shape.part(slabs.clone()).with_values(values))
    }
}

impl Work for OverMaskedRows<'_> {
    fn units(&self) -> u64 {
        self.mask.rows().outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        Operand::alike(&["the input"], self.slab())
    }

    fn output_unit(&self) -> u64 {
        self.slab()
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let mask = &self.mask_of(kernels, &chunk.units)?;
        let (activation, input) = (self.activation, &chunk.inputs[0]);
        let prepared = match &chunk.output {
            None => kernels.forward_rows_masked_in_place(activation, mask, input),
            Some(output) => kernels.forward_rows_masked(activation, mask, input, output),
        };
        Ok(vec![prepared?])
    }
}

impl<'a> Job<'a> {
    /// `output = f(input)` over each row, as far as the mask lets elements take part. The gradient needs no
    /// mask: [`Job::backward_rows`] with [`HostMask::rows`].
    pub fn forward_rows_masked(
        activation: &'a RowActivation,
        mask: &'a HostMask<'a>,
        input: Input<'a>,
        output: Output<'a>,
    ) -> Self {
        let work = OverMaskedRows {
            activation,
            mask,
            whole: OnceLock::new(),
        };
        Self::new(work, vec![input], output)
    }
}

impl Offload {
    /// f of every row, as far as the mask lets elements take part. The gradient needs no mask:
    /// [`Offload::backward_rows`] with [`HostMask::rows`].
    ///
    /// ```no_run
    /// use wgpu_activations::{HostMask, Offload, RowActivation};
    ///
    /// let gpu = Offload::new()?;
    /// let scores = vec![0.5_f32; 12 * 512 * 512];
    /// let causal = HostMask::causal(&[12, 512, 512], -1)?;
    /// let softmax = RowActivation::softmax().with_scale(0.125)?;
    /// let weights = gpu.forward_rows_masked(&softmax, &causal, &scores)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forward_rows_masked<T: Element>(
        &self,
        activation: &RowActivation,
        mask: &HostMask<'_>,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_rows_masked_async(activation, mask, input))
    }

    /// [`Offload::forward_rows_masked`] without blocking; dropping the future cancels it.
    pub async fn forward_rows_masked_async<T: Element>(
        &self,
        activation: &RowActivation,
        mask: &HostMask<'_>,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len()];
        let (input, sink) = (Input::slice(input), Output::slice(&mut output));
        self.run_async(Job::forward_rows_masked(activation, mask, input, sink))
            .await?;
        Ok(output)
    }
}
