//! Gated units of the halves of a tensor, from slices to slices.

use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::GatedActivation;
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::Halves;

/// A gated unit, in which a unit of work is what lies between two positions of the axes before that of
/// the halves, and a column a value and its gate.
#[derive(Debug)]
struct OverHalves<'a> {
    gated: &'a GatedActivation,
    halves: Halves,
    is_backward: bool,
}

impl Work for OverHalves<'_> {
    fn units(&self) -> u64 {
        self.halves.rows().outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        let run = self.halves.run();
        let input = Operand::new("the input", 2 * run);
        match self.is_backward {
            false => vec![input],
            // The input last, so that its gradient may take its place.
            true => vec![Operand::new("the gradient of the output", run), input],
        }
    }

    fn output_unit(&self) -> u64 {
        match self.is_backward {
            false => self.halves.run(),
            true => 2 * self.halves.run(),
        }
    }

    fn columns(&self) -> u64 {
        self.halves.run()
    }

    fn may_be_in_place(&self) -> bool {
        self.is_backward
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let halves = &self.halves.part(
            chunk.units.end - chunk.units.start,
            chunk.columns.end - chunk.columns.start,
        );
        let (gated, first) = (self.gated, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (true, None) => {
                kernels.backward_gated_halves_in_place(gated, halves, &chunk.inputs[1], first)
            }
            (true, Some(output)) => {
                kernels.backward_gated_halves(gated, halves, &chunk.inputs[1], first, output)
            }
            (false, output) => {
                // Forward there always is one: the kernel would refuse the input.
                let output = output.as_ref().unwrap_or(first);
                kernels.forward_gated_halves(gated, halves, first, output)
            }
        };
        Ok(vec![prepared?])
    }
}

impl<'a> Job<'a> {
    /// `output = a · f(b)` for the halves of a tensor.
    pub fn forward_gated(
        gated: &'a GatedActivation,
        halves: &Halves,
        input: Input<'a>,
        output: Output<'a>,
    ) -> Self {
        let work = OverHalves {
            gated,
            halves: *halves,
            is_backward: false,
        };
        Self::new(work, vec![input], output)
    }

    /// The gradients of both halves of a tensor, laid out as they are; `grad_output` has half as many
    /// elements.
    pub fn backward_gated(
        gated: &'a GatedActivation,
        halves: &Halves,
        input: Input<'a>,
        grad_output: Input<'a>,
        grad_input: Output<'a>,
    ) -> Self {
        let work = OverHalves {
            gated,
            halves: *halves,
            is_backward: true,
        };
        Self::new(work, vec![grad_output, input], grad_input)
    }
}

impl Offload {
    /// `a · f(b)` for the halves of a tensor: half as many elements.
    ///
    /// ```no_run
    /// use wgpu_activations::{Gate, GatedActivation, Halves, Offload};
    ///
    /// let gpu = Offload::new()?;
    /// let projected = vec![0.5_f32; 512 * 256];
    /// let halves = Halves::along(&[512, 256], -1, Gate::First)?;
    /// let swiglu = GatedActivation::swiglu();
    /// let hidden = gpu.forward_gated(&swiglu, &halves, &projected)?;
    /// let grad_hidden = vec![1.0; hidden.len()];
    /// let grad_projected = gpu.backward_gated(&swiglu, &halves, &projected, &grad_hidden)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forward_gated<T: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_gated_async(gated, halves, input))
    }

    /// [`Offload::forward_gated`] without blocking; dropping the future cancels it.
    pub async fn forward_gated_async<T: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len() / 2];
        self.forward_gated_into_async(gated, halves, input, &mut output)
            .await?;
        Ok(output)
    }

    /// `a · f(b)` for the halves of a tensor, into a slice of half the length, of whatever type.
    pub fn forward_gated_into<T: Element, U: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.forward_gated_into_async(gated, halves, input, output))
    }

    /// [`Offload::forward_gated_into`] without blocking; dropping the future cancels it and leaves
    /// `output` partly written.
    pub async fn forward_gated_into_async<T: Element, U: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        let (input, output) = (Input::slice(input), Output::slice(output));
        self.run_async(Job::forward_gated(gated, halves, input, output))
            .await
    }

    /// The gradients of both halves, laid out as they are.
    pub fn backward_gated<T: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.backward_gated_async(gated, halves, input, grad_output))
    }

    /// [`Offload::backward_gated`] without blocking; dropping the future cancels it.
    pub async fn backward_gated_async<T: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut grad_input = vec![T::zeroed(); input.len()];
        self.backward_gated_into_async(gated, halves, input, grad_output, &mut grad_input)
            .await?;
        Ok(grad_input)
    }

    /// The gradients of both halves, into a slice as long as the two together; the three may be of
    /// different types.
    pub fn backward_gated_into<T: Element, U: Element, V: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.backward_gated_into_async(
            gated,
            halves,
            input,
            grad_output,
            grad_input,
        ))
    }

    /// [`Offload::backward_gated_into`] without blocking; dropping the future cancels it and leaves
    /// `grad_input` partly written.
    pub async fn backward_gated_into_async<T: Element, U: Element, V: Element>(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        let job = Job::backward_gated(
            gated,
            halves,
            Input::slice(input),
            Input::slice(grad_output),
            Output::slice(grad_input),
        );
        self.run_async(job).await
    }
}
