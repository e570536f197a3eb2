use std::fmt;
use std::io::{Read, Write};
use std::ops::ControlFlow;

use super::Classes;
use super::cross_entropy::OverLogits;
use super::work::{Elementwise, OverHalves, OverRows, Randomised, Work};
use crate::activation::{
    Activation, CrossEntropy, GatedActivation, RandomisedRelu, RowActivation, Seed,
};
use crate::dtype::{Dtype, Element};
use crate::tensor::{Halves, Rows};

/// Where a tensor comes from.
pub struct Input<'a> {
    pub(super) dtype: Dtype,
    pub(super) source: Source<'a>,
}

pub(super) enum Source<'a> {
    Bytes(&'a [u8]),
    Reader(&'a mut (dyn Read + Send)),
}

impl<'a> Input<'a> {
    /// From memory.
    pub fn slice<T: Element>(elements: &'a [T]) -> Self {
        Self::bytes(T::DTYPE, bytemuck::cast_slice(elements))
    }

    /// From memory that need not be aligned, such as a mapped file: elements in the machine's byte
    /// order.
    pub fn bytes(dtype: Dtype, bytes: &'a [u8]) -> Self {
        let source = Source::Bytes(bytes);
        Self { dtype, source }
    }

    /// From a stream of elements in the machine's byte order.
    pub fn reader(dtype: Dtype, reader: &'a mut (dyn Read + Send)) -> Self {
        let source = Source::Reader(reader);
        Self { dtype, source }
    }
}

/// Where a tensor goes to.
pub struct Output<'a> {
    pub(super) dtype: Dtype,
    pub(super) sink: Sink<'a>,
}

pub(super) enum Sink<'a> {
    Bytes(&'a mut [u8]),
    Writer(&'a mut (dyn Write + Send)),
}

impl<'a> Output<'a> {
    /// Into memory.
    pub fn slice<T: Element>(elements: &'a mut [T]) -> Self {
        let sink = Sink::Bytes(bytemuck::cast_slice_mut(elements));
        Self {
            dtype: T::DTYPE,
            sink,
        }
    }

    /// Into a stream of elements in the machine's byte order.
    pub fn writer(dtype: Dtype, writer: &'a mut (dyn Write + Send)) -> Self {
        let sink = Sink::Writer(writer);
        Self { dtype, sink }
    }

    /// Of a job whose result stays on the device.
    pub(super) fn none(dtype: Dtype) -> Self {
        let sink = Sink::Bytes(&mut []);
        Self { dtype, sink }
    }
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Elements written so far, or taken where only statistics are made of them.
    pub done: u64,
    /// Elements of the result, or of the input of statistics.
    pub total: u64,
}

/// Called after every part that has passed through the device; `Break` cancels the job.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) -> ControlFlow<()> + Send);

/// Tensors to push through the GPU, each with a dtype of its own.
pub struct Job<'a> {
    pub(super) work: Box<dyn Work + 'a>,
    pub(super) inputs: Vec<Input<'a>>,
    pub(super) output: Output<'a>,
    pub(super) progress: Option<OnProgress<'a>>,
}

impl<'a> Job<'a> {
    pub(super) fn new(work: impl Work + 'a, inputs: Vec<Input<'a>>, output: Output<'a>) -> Self {
        Self {
            work: Box::new(work),
            inputs,
            output,
            progress: None,
        }
    }

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

    /// The loss of each row of logits, whatever the reduction. A target that is no class makes it NaN.
    pub fn forward_cross_entropy(
        loss: &CrossEntropy,
        rows: &Rows,
        logits: Input<'a>,
        targets: Classes<'a>,
        losses: Output<'a>,
    ) -> Self {
        let work = OverLogits::new(loss, rows, targets.class_type, false);
        Self::new(work, vec![targets.into_input(), logits], losses)
    }

    /// The gradients of the logits, from those of the loss of each row, whatever the reduction. A target
    /// that is no class makes them NaN.
    pub fn backward_cross_entropy(
        loss: &CrossEntropy,
        rows: &Rows,
        logits: Input<'a>,
        targets: Classes<'a>,
        grad_losses: Input<'a>,
        grad_logits: Output<'a>,
    ) -> Self {
        let work = OverLogits::new(loss, rows, targets.class_type, true);
        Self::new(
            work,
            vec![targets.into_input(), grad_losses, logits],
            grad_logits,
        )
    }

    /// Calls `progress` after every part that has passed; when it returns `Break`, the job ends with
    /// [`OffloadError::Cancelled`](super::OffloadError::Cancelled).
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("work", &self.work)
            .finish_non_exhaustive()
    }
}
