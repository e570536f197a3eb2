//! The randomised leaky ReLU, from slices to slices.

use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::{RandomisedRelu, Seed};
use crate::dtype::Element;

impl Offload {
    /// f of every element, each with a slope that the seed gives it.
    ///
    /// ```no_run
    /// use wgpu_activations::{Offload, RandomisedRelu, Seed};
    ///
    /// let gpu = Offload::new()?;
    /// let (rrelu, seed) = (RandomisedRelu::default(), Seed::new(42));
    /// let x = vec![-1.0_f32; 1000];
    /// let y = gpu.forward_randomised(&rrelu, seed, &x)?;
    /// let grad_x = gpu.backward_randomised(&rrelu, seed, &x, &vec![1.0; x.len()])?;
    /// # Ok::<(), wgpu_activations::OffloadError>(())
    /// ```
    pub fn forward_randomised<T: Element>(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_randomised_async(relu, seed, input))
    }

    /// [`Offload::forward_randomised`] without blocking; dropping the future cancels it.
    pub async fn forward_randomised_async<T: Element>(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len()];
        let (elements, input) = (input.len() as u64, Input::slice(input));
        let sink = Output::slice(&mut output);
        self.run_async(Job::forward_randomised(relu, seed, input, sink, elements))
            .await?;
        Ok(output)
    }

    /// The gradient of the input, with the slopes that the same seed gave forward.
    pub fn backward_randomised<T: Element>(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.backward_randomised_async(relu, seed, input, grad_output))
    }

    /// [`Offload::backward_randomised`] without blocking; dropping the future cancels it.
    pub async fn backward_randomised_async<T: Element>(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut grad_input = vec![T::zeroed(); input.len()];
        let job = Job::backward_randomised(
            relu,
            seed,
            Input::slice(input),
            Input::slice(grad_output),
            Output::slice(&mut grad_input),
            input.len() as u64,
        );
        self.run_async(job).await?;
        Ok(grad_input)
    }
}
