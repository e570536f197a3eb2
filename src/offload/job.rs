use std::fmt;
use std::io::{Read, Write};
use std::ops::ControlFlow;

use crate::activation::Activation;
use crate::dtype::{Dtype, Element};

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
}

/// How far a job has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Progress {
    /// Elements written so far.
    pub done: u64,
    /// Elements of the job.
    pub total: u64,
}

/// Called after every chunk that is written; `Break` cancels the job.
pub type OnProgress<'a> = &'a mut (dyn FnMut(Progress) -> ControlFlow<()> + Send);

/// One tensor to push through the GPU. Each of its tensors has a dtype of its own.
pub struct Job<'a> {
    pub(super) activation: &'a Activation,
    pub(super) input: Input<'a>,
    pub(super) grad_output: Option<Input<'a>>,
    pub(super) output: Output<'a>,
    pub(super) elements: u64,
    pub(super) progress: Option<OnProgress<'a>>,
}

impl<'a> Job<'a> {
    /// `output = f(input)` over `elements` elements.
    pub fn forward(
        activation: &'a Activation,
        input: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        Self {
            activation,
            input,
            grad_output: None,
            output,
            elements,
            progress: None,
        }
    }

    /// `output = f′(input) · grad_output` over `elements` elements.
    pub fn backward(
        activation: &'a Activation,
        input: Input<'a>,
        grad_output: Input<'a>,
        output: Output<'a>,
        elements: u64,
    ) -> Self {
        let grad_output = Some(grad_output);
        Self {
            grad_output,
            ..Self::forward(activation, input, output, elements)
        }
    }

    /// The types of its inputs and its output.
    pub(super) fn types(&self) -> Types {
        let inputs = std::iter::once(&self.input).chain(&self.grad_output);
        Types {
            inputs: inputs.map(|input| input.dtype).collect(),
            output: self.output.dtype,
        }
    }

    /// Calls `progress` after every chunk that is written; when it returns `Break`, the job ends
    /// with [`OffloadError::Cancelled`](super::OffloadError::Cancelled).
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

/// What the tensors of a job are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types {
    pub(super) inputs: Vec<Dtype>,
    pub(super) output: Dtype,
}

impl Types {
    /// Whether the result can take the place of the last input.
    pub(super) fn in_place(&self) -> bool {
        self.inputs.last() == Some(&self.output)
    }
}

impl fmt::Debug for Job<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Job")
            .field("activation", &self.activation)
            .field("backward", &self.grad_output.is_some())
            .field("elements", &self.elements)
            .finish_non_exhaustive()
    }
}
