//! Functions of rows, from slices to slices.

use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::RowActivation;
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::Rows;

/// A function of rows, in which a unit is a slab, a row and those that lie between its elements, and a column
/// a row.
#[derive(Debug)]
struct OverRows<'a> {
    activation: &'a RowActivation,
    rows: Rows,
    is_backward: bool,
}

impl Work for OverRows<'_> {
    fn units(&self) -> u64 {
        self.rows.outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        let unit = self.output_unit();
        match self.is_backward {
            false => Operand::alike(&["the input"], unit),
            true => Operand::alike(&["the saved output", "the gradient of the output"], unit),
        }
    }

    fn output_unit(&self) -> u64 {
        self.rows.len() * self.rows.inner()
    }

    fn columns(&self) -> u64 {
        self.rows.inner()
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let rows = &chunk.rows(&self.rows);
        let (activation, first) = (self.activation, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (false, None) => kernels.forward_rows_in_place(activation, rows, first),
            (false, Some(output)) => kernels.forward_rows(activation, rows, first, output),
            (true, None) => {
                kernels.backward_rows_in_place(activation, rows, first, &chunk.inputs[1])
            }
            (true, Some(output)) => {
                kernels.backward_rows(activation, rows, first, &chunk.inputs[1], output)
            }
        };
        Ok(vec![prepared?])
    }
}

impl<'a> Job<'a> {
    /// `output = f(input)` over each row.
    pub fn forward_rows(
        activation: &'a RowActivation,
        rows: &Rows,
        input: Input<'a>,
        output: Output<'a>,
    ) -> Self {
        let work = OverRows {
            activation,
            rows: *rows,
            is_backward: false,
        };
        Self::new(work, vec![input], output)
    }

    /// The gradient of each row's input, from the saved output of the forward function.
    pub fn backward_rows(
        activation: &'a RowActivation,
        rows: &Rows,
        output: Input<'a>,
        grad_output: Input<'a>,
        grad_input: Output<'a>,
    ) -> Self {
        let work = OverRows {
            activation,
            rows: *rows,
            is_backward: true,
        };
        Self::new(work, vec![output, grad_output], grad_input)
    }
}

impl Offload {
    /// f of every row, whatever lies between its elements: then neighbouring rows pass in blocks.
    ///
    /// ```no_run
    /// use wgpu_activations::{Offload, RowActivation, Rows};
    ///
    /// let gpu = Offload::new()?;
    /// let scores = vec![0.5_f32; 8 * 512];
    /// let rows = Rows::along(&[8, 512], -1)?;
    /// let weights = gpu.forward_rows(&RowActivation::softmax(), &rows, &scores)?;
    /// let grad_weights = vec![1.0; weights.len()];
    /// let softmax = RowActivation::softmax();
    /// let grad_scores = gpu.backward_rows(&softmax, &rows, &weights, &grad_weights)?;
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forward_rows<T: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.forward_rows_async(activation, rows, input))
    }

    /// [`Offload::forward_rows`] without blocking; dropping the future cancels it.
    pub async fn forward_rows_async<T: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len()];
        self.forward_rows_into_async(activation, rows, input, &mut output)
            .await?;
        Ok(output)
    }

    /// f of every row, into a slice of the same length, of whatever type.
    pub fn forward_rows_into<T: Element, U: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.forward_rows_into_async(activation, rows, input, output))
    }

    /// [`Offload::forward_rows_into`] without blocking; dropping the future cancels it and leaves
    /// `output` partly written.
    pub async fn forward_rows_into_async<T: Element, U: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &[T],
        output: &mut [U],
    ) -> Result<(), OffloadError> {
        let (input, output) = (Input::slice(input), Output::slice(output));
        self.run_async(Job::forward_rows(activation, rows, input, output))
            .await
    }

    /// The gradient of each row's input, from the saved output of the forward function.
    pub fn backward_rows<T: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        pollster::block_on(self.backward_rows_async(activation, rows, output, grad_output))
    }

    /// [`Offload::backward_rows`] without blocking; dropping the future cancels it.
    pub async fn backward_rows_async<T: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &[T],
        grad_output: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut grad_input = vec![T::zeroed(); output.len()];
        self.backward_rows_into_async(activation, rows, output, grad_output, &mut grad_input)
            .await?;
        Ok(grad_input)
    }

    /// The gradient of each row's input, into a slice of the same length; the three may be of
    /// different types.
    pub fn backward_rows_into<T: Element, U: Element, V: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        pollster::block_on(self.backward_rows_into_async(
            activation,
            rows,
            output,
            grad_output,
            grad_input,
        ))
    }

    /// [`Offload::backward_rows_into`] without blocking; dropping the future cancels it and leaves
    /// `grad_input` partly written.
    pub async fn backward_rows_into_async<T: Element, U: Element, V: Element>(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &[T],
        grad_output: &[U],
        grad_input: &mut [V],
    ) -> Result<(), OffloadError> {
        let job = Job::backward_rows(
            activation,
            rows,
            Input::slice(output),
            Input::slice(grad_output),
            Output::slice(grad_input),
        );
        self.run_async(job).await
    }
}
