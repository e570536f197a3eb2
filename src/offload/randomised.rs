//! The randomised leaky ReLU, from slices to slices.

use super::elementwise::elementwise_operands;
use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::{RandomisedRelu, Seed};
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::shader::Operation;

/// The randomised leaky ReLU, in which every element is a unit that has a place in the whole tensor.
#[derive(Debug)]
struct Randomised<'a> {
    relu: &'a RandomisedRelu,
    seed: Seed,
    elements: u64,
    is_backward: bool,
}

impl Work for Randomised<'_> {
    fn units(&self) -> u64 {
        self.elements
    }

    fn inputs(&self) -> Vec<Operand> {
        elementwise_operands(self.is_backward)
    }

    fn output_unit(&self) -> u64 {
        1
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let seed = self.seed.from_element(chunk.units.start);
        let operation = match (self.is_backward, &chunk.output) {
            (false, None) => Operation::ForwardInPlace,
            (false, Some(_)) => Operation::Forward,
            (true, None) => Operation::BackwardInPlace,
            (true, Some(_)) => Operation::Backward,
        };
        let tensors: Vec<_> = chunk.inputs.iter().chain(&chunk.output).collect();
        let prepared = kernels.prepare_randomised(self.relu, seed, operation, &tensors);
        Ok(vec![prepared?])
    }
}

impl<'a> Job<'a> {
    /// `output = f(input)` over `elements` elements, each with a slope that the seed gives it.
    pub fn forward_randomised(
        relu: &'a RandomisedRelu,
        seed: Seed,
        input: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        let work = Randomised {
            relu,
            seed,
            elements,
            is_backward: false,
        };
        Self::new(work, vec![input], output)
    }

    /// `output = f′(input) · grad_output` over `elements` elements, with the slopes that the same seed
    /// gave forward.
    pub fn backward_randomised(
        relu: &'a RandomisedRelu,
        seed: Seed,
        input: Input<'a>,
        grad_output: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        let work = Randomised {
            relu,
            seed,
            elements,
            is_backward: true,
        };
        Self::new(work, vec![input, grad_output], output)
    }
}

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
