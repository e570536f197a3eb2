//! Middleware: borrows a `&Device`, records dispatches; never submits, polls, blocks or spawns.

mod error;
mod kernel;
mod pipelines;
mod plan;
mod prepared;
mod rows;
pub(crate) mod scope;

pub use error::KernelError;
pub use prepared::Prepared;

use std::sync::Arc;

use crate::activation::{Activation, RowActivation};
use crate::shader::Operation;
use crate::tensor::{Rows, TensorView};
use pipelines::Pipelines;

/// The compute kernels on one device: a cache of pipelines, cheap to clone and to share.
///
/// A pipeline is compiled when an operation first needs it and kept, however many tensors and
/// values of hyper-parameters pass through. Every operation needs a device with WebGPU's (or the
/// downlevel) default limits and no optional feature.
#[derive(Clone, Debug)]
pub struct Kernels {
    device: wgpu::Device,
    pipelines: Arc<Pipelines>,
}

impl Kernels {
    /// Kernels for this device; compiles nothing yet.
    pub fn new(device: &wgpu::Device) -> Self {
        Self {
            device: device.clone(),
            pipelines: Arc::new(Pipelines::new(device)),
        }
    }

    /// Prepares `output = f(input)`.
    pub fn forward(
        &self,
        activation: &Activation,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::Forward, &[input, output])
    }

    /// Prepares `tensor = f(tensor)`.
    pub fn forward_in_place(
        &self,
        activation: &Activation,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::ForwardInPlace, &[tensor])
    }

    /// Prepares `grad_input = f′(input) · grad_output`.
    pub fn backward(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(
            activation,
            Operation::Backward,
            &[input, grad_output, grad_input],
        )
    }

    /// Prepares `grad = f′(input) · grad`.
    pub fn backward_in_place(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::BackwardInPlace, &[input, grad])
    }

    /// Prepares `grad_input += f′(input) · grad_output`.
    pub fn backward_accumulate(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(
            activation,
            Operation::BackwardAccumulate,
            &[input, grad_output, grad_input],
        )
    }

    /// Prepares any operation on the tensors that [`Operation::operands`] names, in that order.
    pub fn prepare(
        &self,
        activation: &Activation,
        operation: Operation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        Prepared::new(
            &self.device,
            &self.pipelines,
            activation,
            operation,
            tensors,
        )
    }

    /// Prepares `output = f(input)` over each row.
    pub fn forward_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(activation, rows, Operation::Forward, &[input, output])
    }

    /// Prepares `tensor = f(tensor)` over each row.
    pub fn forward_rows_in_place(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(activation, rows, Operation::ForwardInPlace, &[tensor])
    }

    /// Prepares the gradient of each row's input, from the saved output of the forward function.
    ///
    /// Elements that have no part in their row have no gradient.
    pub fn backward_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [output, grad_output, grad_input];
        self.prepare_rows(activation, rows, Operation::Backward, &tensors)
    }

    /// [`Kernels::backward_rows`] with the gradient of the input in place of that of the output.
    pub fn backward_rows_in_place(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &TensorView,
        grad: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(
            activation,
            rows,
            Operation::BackwardInPlace,
            &[output, grad],
        )
    }

    fn prepare_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        operation: Operation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        rows::prepare(
            &self.device,
            &self.pipelines,
            activation,
            rows,
            operation,
            tensors,
        )
    }

    /// How many pipelines have been compiled so far.
    pub fn pipelines(&self) -> usize {
        self.pipelines.len()
    }
}
