//! Tensors of files, streamed through the GPU.

use std::ops::ControlFlow;

use wgpu_activations::{
    Activation, Dtype, Input, Job, Offload, OffloadError, Output as Sink, Progress, RowActivation,
    Rows,
};

use crate::arguments::Apply;
use crate::error::Error;
use crate::function::Function;
use crate::interruption;
use crate::layout::{Layout, Order};
use crate::output::Output;
use crate::progress::Bar;
use crate::reorder::{Reordered, order_matters};
use crate::tensor_file::TensorFile;

/// The axis of rows where none is given.
const LAST_AXIS: i64 = -1;

/// A function of what the tensors are divided into.
pub(super) enum Work<'a> {
    Elementwise(&'a Activation),
    Rows(&'a RowActivation, Rows),
}

impl<'a> Work<'a> {
    /// On tensors that are laid out like that.
    pub(super) fn new(
        function: &'a Function,
        arguments: &Apply,
        layout: &Layout,
    ) -> Result<Self, Error> {
        match function {
            Function::Elementwise(activation) => Ok(Self::Elementwise(activation)),
            Function::Rows(activation) => {
                let rows = layout.rows(arguments.axis.unwrap_or(LAST_AXIS));
                let rows = rows.map_err(|error| Error::Shape {
                    input: arguments.input.clone(),
                    error,
                })?;
                Ok(Self::Rows(activation, rows))
            }
        }
    }

    fn job<'b>(
        &'b self,
        input: Input<'b>,
        gradient: Option<Input<'b>>,
        output: Sink<'b>,
        elements: u64,
    ) -> Job<'b> {
        match (self, gradient) {
            (Self::Elementwise(activation), None) => {
                Job::forward(activation, input, output, elements)
            }
            (Self::Elementwise(activation), Some(gradient)) => {
                Job::backward(activation, input, gradient, output, elements)
            }
            (Self::Rows(activation, rows), None) => {
                Job::forward_rows(activation, rows, input, output)
            }
            (Self::Rows(activation, rows), Some(gradient)) => {
                Job::backward_rows(activation, rows, input, gradient, output)
            }
        }
    }
}

/// Computes the output from an input and perhaps a gradient.
pub(super) fn stream(
    gpu: &Offload,
    work: &Work<'_>,
    (input, grad_output): (&TensorFile, Option<&TensorFile>),
    (output, layout): (&mut Output, &Layout),
    bar: &Bar,
) -> Result<(), OffloadError> {
    let element_size = layout.dtype().size();
    let mut progress = |progress: Progress| {
        bar.at(progress.done * element_size);
        match interruption::received() {
            None => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(()),
        }
    };
    let mut input = Elements::of(input, layout.order());
    let mut gradient = grad_output.map(|gradient| Elements::of(gradient, layout.order()));
    let job = work.job(
        input.as_input(),
        gradient.as_mut().map(Elements::as_input),
        Sink::writer(layout.dtype(), output),
        layout.elements(),
    );
    gpu.run(job.progress(&mut progress))
}

/// An array's elements as the GPU is to get them.
struct Elements<'a> {
    dtype: Dtype,
    source: Source<'a>,
}

enum Source<'a> {
    Mapped(&'a [u8]),
    Reordered(Reordered<'a>),
}

impl<'a> Elements<'a> {
    fn of(file: &'a TensorFile, order: Order) -> Self {
        let layout = file.layout();
        let source = if layout.order() != order && order_matters(layout.shape()) {
            Source::Reordered(Reordered::new(file.bytes(), layout))
        } else {
            file.read_sequentially();
            Source::Mapped(file.bytes())
        };
        let dtype = layout.dtype();
        Self { dtype, source }
    }

    fn as_input(&mut self) -> Input<'_> {
        match &mut self.source {
            Source::Mapped(bytes) => Input::bytes(self.dtype, bytes),
            Source::Reordered(reordered) => Input::reader(self.dtype, reordered),
        }
    }
}
