//! Activations of elements, from slices to slices.

use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::Activation;
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};

/// An activation, in which every element is a unit.
#[derive(Debug)]
struct Elementwise<'a> {
    activation: &'a Activation,
    elements: u64,
    is_backward: bool,
}

impl Work for Elementwise<'_> {
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
        let (activation, input) = (self.activation, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (false, None) => kernels.forward_in_place(activation, input),
            (false, Some(output)) => kernels.forward(activation, input, output),
            (true, None) => kernels.backward_in_place(activation, input, &chunk.inputs[1]),
            (true, Some(output)) => kernels.backward(activation, input, &chunk.inputs[1], output),
        };
        Ok(vec![prepared?])
    }
}

/// An input, and backward a gradient.
pub(super) fn elementwise_operands(is_backward: bool) -> Vec<Operand> {
    match is_backward {
        false => Operand::alike(&["the input"], 1),
        true => Operand::alike(&["the input", "the gradient of the output"], 1),
    }
}

impl<'a> Job<'a> {
    /// `output = f(input)` over `elements` elements.
    pub fn forward(
        activation: &'a Activation,
        input: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        let work = Elementwise {
            activation,
            elements,
            is_backward: false,
        };
        Self::new(work, vec![input], output)
    }

    /// `output = f′(input) · grad_output` over `elements` elements.
    pub fn backward(
        activation: &'a Activation,
        input: Input<'a>,
        grad_output: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        let work = Elementwise {
            activation,
            elements,
            is_backward: true,
        };
        Self::new(work, vec![input, grad_output], output)
    }
}

impl Offload {
    /// f(x) of every element.
    pub fn forward<T: Element>(
        &self,
        activation: &Activation,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_async(activation, input))
    }

    /// [`Offload::forward`] without blocking; dropping the future cancels it.
    pub async fn forward_async<T: Element>(
        &self,
        activation: &Activation,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len()];
        self.forward_into_async(activation, input, &mut output)
            .await?;
        Ok(output)
    }

    /// f(x) of every element, into a slice of the same length, of whatever type.
    pub fn forward_into<T: Element, U: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.forward_into_async(activation, input, output))
    }

    /// [`Offload::forward_into`] without blocking; dropping the future cancels it and leaves
    /// `output` partly written.
    pub async fn forward_into_async<T: Element, U: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        let elements = input.len() as u64;
        let (input, output) = (Input::slice(input), Output::slice(output));
        self.run_async(Job::forward(activation, input, output, elements))
            .await
    }

    /// f′(x) · grad_output of every element: the gradient of the input.
    pub fn backward<T: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.backward_async(activation, input, grad_output))
    }

    /// [`Offload::backward`] without blocking; dropping the future cancels it.
    pub async fn backward_async<T: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut grad_input = vec![T::zeroed(); input.len()];
        self.backward_into_async(activation, input, grad_output, &mut grad_input)
            .await?;
        Ok(grad_input)
    }

    /// f′(x) · grad_output of every element, into a slice of the same length; the three may be of
    /// different types.
    pub fn backward_into<T: Element, U: Element, V: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.backward_into_async(activation, input, grad_output, grad_input))
    }

    /// [`Offload::backward_into`] without blocking; dropping the future cancels it and leaves
    /// `grad_input` partly written.
    pub async fn backward_into_async<T: Element, U: Element, V: Element>(
        &self,
        activation: &Activation,
        input: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        let job = Job::backward(
            activation,
            Input::slice(input),
            Input::slice(grad_output),
            Output::slice(grad_input),
            input.len() as u64,
        );
        self.run_async(job).await
    }
}
