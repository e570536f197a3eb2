//! Gated units of the halves of a tensor, from slices to slices.

use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::GatedActivation;
use crate::dtype::Element;
use crate::tensor::Halves;

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
