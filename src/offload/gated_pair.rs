//! Gated units of two tensors, from slices to slices.

use super::division::MAX_PIECE;
use super::job::Sink;
use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::{Activation, GatedActivation};
use crate::dtype::Element;
use crate::kernels::scratch::scratch;
use crate::kernels::{KernelError, Kernels, Prepared};

/// A gated unit, in which a unit of work is one element of each tensor.
#[derive(Debug)]
struct OverPair<'a> {
    gated: &'a GatedActivation,
    len: u64,
    is_backward: bool,
}

impl Work for OverPair<'_> {
    fn units(&self) -> u64 {
        self.len
    }

    fn inputs(&self) -> Vec<Operand> {
        match self.is_backward {
            false => Operand::alike(&["the value", "the gate"], 1),
            true => Operand::alike(&["the value", "the gate", "the gradient of the output"], 1),
        }
    }

    fn output_unit(&self) -> u64 {
        match self.is_backward {
            false => 1,
            true => 2,
        }
    }

    fn may_be_in_place(&self) -> bool {
        false
    }

    fn most_elements(&self) -> u64 {
        // Up to nine tensors and staging buffers.
        MAX_PIECE / 2
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let (a, b) = (&chunk.inputs[0], &chunk.inputs[1]);
        // It is in place of no input; the kernels would refuse one here.
        let output = chunk.output.as_ref().unwrap_or(a);
        if !self.is_backward {
            return Ok(vec![kernels.forward_gated(self.gated, a, b, output)?]);
        }
        let grad_output = &chunk.inputs[2];
        let len = chunk.units.end - chunk.units.start;
        let (grad_a, grad_b) = (&output.slice(0..len)?, &output.slice(len..2 * len)?);
        let backward =
            |grad_b| kernels.backward_gated(self.gated, a, b, grad_output, grad_a, grad_b);
        if (len * output.dtype().size()).is_multiple_of(WORD) {
            return Ok(vec![backward(grad_b)?]);
        }
        // Two invocations of one pass may not write to the word in which the two gradients meet.
        let apart = &scratch(kernels.device(), output.dtype(), len)?;
        let copied = kernels.forward(&Activation::identity(), apart, grad_b)?;
        Ok(vec![backward(apart)?, copied])
    }
}

const WORD: u64 = wgpu::COPY_BUFFER_ALIGNMENT;

impl<'a> Job<'a> {
    /// `output = a · f(b)` for two tensors of `len` elements.
    pub fn forward_gated_pair(
        gated: &'a GatedActivation,
        [a, b]: [Input<'a>; 2],
        output: Output<'a>,
        len: u64,
    ) -> Self {
        let work = OverPair {
            gated,
            len,
            is_backward: false,
        };
        Self::new(work, vec![a, b], output)
    }

    /// The gradients of two tensors of `len` elements, which are of one type.
    pub fn backward_gated_pair(
        gated: &'a GatedActivation,
        [a, b]: [Input<'a>; 2],
        grad_output: Input<'a>,
        grads: [Output<'a>; 2],
        len: u64,
    ) -> Self {
        let work = OverPair {
            gated,
            len,
            is_backward: true,
        };
        let output = Output {
            dtype: grads[0].dtype,
            sink: Sink::Pair(Box::new(grads)),
        };
        Self::new(work, vec![a, b, grad_output], output)
    }
}

impl Offload {
    /// `a · f(b)` for two tensors of one length.
    ///
    /// ```no_run
    /// use wgpu_activations::{GatedActivation, Offload};
    ///
    /// let gpu = Offload::new()?;
    /// let (up, gate) = (vec![0.5_f32; 512 * 256], vec![-1.0_f32; 512 * 256]);
    /// let swiglu = GatedActivation::swiglu();
    /// let hidden = gpu.forward_gated_pair(&swiglu, &up, &gate)?;
    /// let grad_hidden = vec![1.0; hidden.len()];
    /// let [grad_up, grad_gate] = gpu.backward_gated_pair(&swiglu, &up, &gate, &grad_hidden)?;
    /// # Ok::<(), wgpu_activations::OffloadError>(())
    /// ```
    pub fn forward_gated_pair<T: Element>(
        &self,
        gated: &GatedActivation,
        a: &[T],
        b: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_gated_pair_async(gated, a, b))
    }

    /// [`Offload::forward_gated_pair`] without blocking; dropping the future cancels it.
    pub async fn forward_gated_pair_async<T: Element>(
        &self,
        gated: &GatedActivation,
        a: &[T],
        b: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); a.len()];
        let (inputs, len) = ([a, b].map(Input::slice), a.len() as u64);
        let job = Job::forward_gated_pair(gated, inputs, Output::slice(&mut output), len);
        self.run_async(job).await?;
        Ok(output)
    }

    /// The gradients of a and b.
    pub fn backward_gated_pair<T: Element>(
        &self,
        gated: &GatedActivation,
        a: &[T],
        b: &[T],
        grad_output: &[T],
    ) -> Result<[Vec<T>; 2], OffloadError> {
        pollster::block_on(self.backward_gated_pair_async(gated, a, b, grad_output))
    }

    /// [`Offload::backward_gated_pair`] without blocking; dropping the future cancels it.
    pub async fn backward_gated_pair_async<T: Element>(
        &self,
        gated: &GatedActivation,
        a: &[T],
        b: &[T],
        grad_output: &[T],
    ) -> Result<[Vec<T>; 2], OffloadError> {
        let len = a.len();
        let mut grads = [vec![T::zeroed(); len], vec![T::zeroed(); len]];
        let job = Job::backward_gated_pair(
            gated,
            [a, b].map(Input::slice),
            Input::slice(grad_output),
            grads
                .each_mut()
                .map(|grad| Output::slice(grad.as_mut_slice())),
            len as u64,
        );
        self.run_async(job).await?;
        Ok(grads)
    }
}
