//! Functions of rows under a mask, from slices to slices.

use std::sync::OnceLock;

use super::division::MAX_PIECE;
use super::host_mask::HostMask;
use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::RowActivation;
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::{Mask, MaskValues};

/// A function of rows under a mask, in which a unit is a slab and a column a row.
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

    /// Whether the mask has as many elements as the tensor.
    fn is_large(&self) -> bool {
        self.mask.len() == self.mask.rows().elements()
    }

    /// The mask of a chunk.
    fn mask_of(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Mask, KernelError> {
        let (mask, slab, slabs) = (self.mask, self.slab(), &chunk.units);
        let rows = chunk.rows(mask.rows());
        if rows.inner() < mask.rows().inner() && mask.shape().has_columns() {
            return mask.upload_block(kernels, slabs.start, &chunk.columns);
        }
        if self.is_large() {
            let values = mask.upload(kernels, slabs.start * slab..slabs.end * slab)?;
            return Ok(mask.shape().part(0, rows).with_values(values));
        }
        let values = match self.whole.get() {
            Some(values) => values.clone(),
            None => {
                let values = mask.upload(kernels, 0..mask.len())?;
                self.whole.get_or_init(|| values).clone()
            }
        };
        Ok(mask.shape().part(slabs.start, rows).with_values(values))
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

    fn columns(&self) -> u64 {
        self.mask.rows().inner()
    }

    fn stays_on_one_device(&self) -> bool {
        !self.is_large()
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn most_elements(&self) -> u64 {
        // The mask's elements are in staging and on the device besides, until a chunk has passed.
        match self.is_large() || self.mask.shape().has_columns() {
            true => MAX_PIECE / 2,
            false => MAX_PIECE,
        }
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let mask = &self.mask_of(kernels, chunk)?;
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
