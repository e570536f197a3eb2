//! Tensors of files, streamed through the GPU.

use std::borrow::Cow;
use std::io::{self, Read, Write};
use std::ops::ControlFlow;

use wgpu_activations::offload::OnProgress;
use wgpu_activations::{
    Activation, Dtype, Gate, GatedActivation, Halves, HostMask, Input, Job, LearnableJob, Offload,
    OffloadError, Output as Sink, Progress, RandomisedRelu, RowActivation, Rows, Seed,
};

use super::learnable::Learned;
use super::loss::Loss;
use super::mask::mask;
use crate::arguments::Apply;
use crate::array_file::MaskFile;
use crate::error::Error;
use crate::function::Function;
use crate::interruption;
use crate::layout::{Layout, Order};
use crate::output::Output;
use crate::progress::Bar;
use crate::reorder::{Reordered, order_matters};
use crate::tensor_file::TensorFile;

/// The axis of rows and halves where none is given.
const LAST_AXIS: i64 = -1;

/// A function of what the tensors are divided into.
pub(super) enum Work<'a> {
    Elementwise(&'a Activation),
    Learnable(Learned),
    Randomised(RandomisedRelu, Seed),
    Rows(&'a RowActivation, Rows),
    MaskedRows(&'a RowActivation, HostMask<'a>),
    Gated(&'a GatedActivation, Halves),
    Loss(Loss),
}

impl<'a> Work<'a> {
    /// On an input that is laid out like that; and how the output of the forward pass is.
    pub(super) fn new(
        function: &'a Function,
        arguments: &Apply,
        layout: &Layout,
        mask_file: Option<&'a MaskFile>,
    ) -> Result<(Self, Layout), Error> {
        let axis = arguments.axis.unwrap_or(LAST_AXIS);
        let input = || arguments.input.clone();
        match function {
            Function::Elementwise(activation) => {
                let work = match arguments.seed {
                    Some(seed) => Self::randomised(activation, seed)?,
                    None if arguments.tensors.parameters.is_empty() => {
                        Self::Elementwise(activation)
                    }
                    None => Self::Learnable(Learned::new(activation, arguments, layout)?),
                };
                Ok((work, layout.clone()))
            }
            Function::Rows(activation) => {
                let rows = layout.rows(axis);
                let rows = rows.map_err(|error| Error::Shape {
                    input: input(),
                    error,
                })?;
                let work = match mask(arguments, mask_file, layout, axis)? {
                    None => Self::Rows(activation, rows),
                    Some(mask) => Self::MaskedRows(activation, mask),
                };
                Ok((work, layout.clone()))
            }
            Function::Loss(loss) => {
                let (loss, losses) = Loss::new(loss, arguments, layout, axis)?;
                Ok((Self::Loss(loss), losses))
            }
            Function::Gated(gated) => {
                let halves = layout.halves(axis, arguments.gate.unwrap_or(Gate::Second));
                let (halves, half) = halves.map_err(|error| Error::Halves {
                    input: input(),
                    error,
                })?;
                Ok((Self::Gated(gated, halves), half))
            }
        }
    }

    /// With the bounds of the activation that stands for it in evaluation.
    fn randomised(evaluation: &Activation, seed: u64) -> Result<Self, Error> {
        let bound = |name| evaluation.value(name).unwrap_or(f32::NAN);
        let relu = RandomisedRelu::new(bound("lower"), bound("upper"))?;
        Ok(Self::Randomised(relu, Seed::new(seed)))
    }

    /// `contents` receive the gradients of hyper-parameters.
    fn job<'b>(
        &'b self,
        input: Input<'b>,
        gradient: Option<Input<'b>>,
        output: Sink<'b>,
        elements: u64,
        contents: &'b mut [Vec<u8>],
    ) -> Result<AnyJob<'b>, OffloadError> {
        let job = match (self, gradient) {
            (Self::Learnable(learned), gradient) => {
                let job = learned.job(input, gradient, output, contents)?;
                return Ok(AnyJob::Learnable(job));
            }
            (Self::Elementwise(activation), None) => {
                Job::forward(activation, input, output, elements)
            }
            (Self::Elementwise(activation), Some(gradient)) => {
                Job::backward(activation, input, gradient, output, elements)
            }
            (Self::Randomised(relu, seed), None) => {
                Job::forward_randomised(relu, *seed, input, output, elements)
            }
            (Self::Randomised(relu, seed), Some(gradient)) => {
                Job::backward_randomised(relu, *seed, input, gradient, output, elements)
            }
            (Self::Gated(gated, halves), None) => Job::forward_gated(gated, halves, input, output),
            (Self::Gated(gated, halves), Some(gradient)) => {
                Job::backward_gated(gated, halves, input, gradient, output)
            }
            (Self::Loss(of), None) => {
                Job::forward_cross_entropy(&of.loss, &of.rows, input, of.classes(), output)
            }
            (Self::Loss(of), Some(gradient)) => {
                let (loss, rows) = (&of.loss, &of.rows);
                Job::backward_cross_entropy(loss, rows, input, of.classes(), gradient, output)
            }
            (Self::Rows(activation, rows), None) => {
                Job::forward_rows(activation, rows, input, output)
            }
            (Self::MaskedRows(activation, mask), None) => {
                Job::forward_rows_masked(activation, mask, input, output)
            }
            (Self::MaskedRows(activation, mask), Some(gradient)) => {
                Job::backward_rows(activation, mask.rows(), input, gradient, output)
            }
            (Self::Rows(activation, rows), Some(gradient)) => {
                Job::backward_rows(activation, rows, input, gradient, output)
            }
        };
        Ok(AnyJob::Plain(job))
    }
}

enum AnyJob<'a> {
    Plain(Job<'a>),
    Learnable(LearnableJob<'a>),
}

impl<'a> AnyJob<'a> {
    fn run(self, gpu: &Offload, progress: OnProgress<'a>) -> Result<(), OffloadError> {
        match self {
            Self::Plain(job) => gpu.run(job.progress(progress)),
            Self::Learnable(job) => gpu.run_learnable(job.progress(progress)),
        }
    }
}

/// Computes the output from an input and perhaps a gradient; gives what the files of the gradients of
/// hyper-parameters are to hold.
pub(super) fn stream(
    gpu: &Offload,
    work: &Work<'_>,
    (input, grad_output): (&TensorFile, Option<&TensorFile>),
    (output, layout): (&mut Output, &Layout),
    bar: &Bar,
) -> Result<Vec<Vec<u8>>, OffloadError> {
    let mut contents = match work {
        Work::Learnable(learned) => learned.contents(),
        _ => Vec::new(),
    };
    let element_size = layout.dtype().size();
    let mut progress = |progress: Progress| {
        bar.at(progress.done * element_size);
        match interruption::received() {
            None => ControlFlow::Continue(()),
            Some(_) => ControlFlow::Break(()),
        }
    };
    let mut input = Elements::of(input, layout.order());
    let reduced = match work {
        Work::Loss(loss) if loss.is_reduced() => Some(loss),
        _ => None,
    };
    if let (Some(loss), None) = (reduced, grad_output) {
        let mut losses = vec![0.0; loss.rows.count() as usize];
        let sink = Sink::slice(losses.as_mut_slice());
        let elements = layout.elements();
        let job = work.job(input.as_input(), None, sink, elements, &mut [])?;
        job.run(gpu, &mut progress)?;
        let bytes = loss.reduced(&losses, layout.dtype());
        output.write_all(&bytes).map_err(OffloadError::Write)?;
        return Ok(contents);
    }
    let shares = reduced.zip(grad_output);
    let shares = shares.map(|(loss, gradient)| loss.shares(gradient));
    let mut gradient = grad_output.map(|gradient| Elements::of(gradient, layout.order()));
    let gradient = match &shares {
        Some(shares) => Some(Input::slice(shares)),
        None => gradient.as_mut().map(Elements::as_input),
    };
    let job = work.job(
        input.as_input(),
        gradient,
        Sink::seekable(layout.dtype(), output),
        layout.elements(),
        &mut contents,
    )?;
    job.run(gpu, &mut progress)?;
    Ok(contents)
}

/// An array's elements as the GPU is to get them.
pub(super) struct Elements<'a> {
    dtype: Dtype,
    source: Source<'a>,
}

enum Source<'a> {
    Mapped(&'a [u8]),
    Reordered(Reordered<'a>),
}

impl<'a> Elements<'a> {
    pub(super) fn of(file: &'a TensorFile, order: Order) -> Self {
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

    /// All of them, where they are few.
    pub(super) fn into_bytes(self) -> io::Result<Cow<'a, [u8]>> {
        match self.source {
            Source::Mapped(bytes) => Ok(bytes.into()),
            Source::Reordered(mut reordered) => {
                let mut bytes = Vec::new();
                reordered.read_to_end(&mut bytes)?;
                Ok(bytes.into())
            }
        }
    }
}
