use std::fmt;
use std::io::{Read, Write};
use std::ops::ControlFlow;

use crate::activation::Activation;

/// Where a tensor comes from.
#[non_exhaustive]
pub enum Input<'a> {
    /// From memory (also mapped memory).
    Slice(&'a [f32]),
    /// From a stream of f32 in the machine's byte order.
    Reader(&'a mut (dyn Read + Send)),
}

/// Where a tensor goes to.
#[non_exhaustive]
pub enum Output<'a> {
    /// Into memory.
    Slice(&'a mut [f32]),
    /// Into a stream of f32 in the machine's byte order.
    Writer(&'a mut (dyn Write + Send)),
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

/// One tensor to push through the GPU.
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

    /// Calls `progress` after every chunk that is written; when it returns `Break`, the job ends
    /// with [`OffloadError::Cancelled`](super::OffloadError::Cancelled).
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
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
