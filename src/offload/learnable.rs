//! Activations whose hyper-parameters are tensors, and the gradients of these, from slices or streams.

mod activation;
mod work;

pub use activation::LearnableActivation;

use std::fmt;

use super::checks::check_length;
use super::conversion::narrowed;
use super::job::{OnProgress, Sink};
use super::transfer::write;
use super::{Input, Job, Offload, OffloadError, Output};
use crate::dtype::Element;
use crate::kernels::KernelError;
use crate::tensor::Rows;
use work::{OverChannels, Resident};

/// The elements of a sum in two parts.
const PARTS: u64 = 2;

/// A tensor to push through an activation whose hyper-parameters are tensors.
pub struct LearnableJob<'a> {
    learnable: &'a LearnableActivation,
    inputs: Vec<Input<'a>>,
    output: Output<'a>,
    gradients: Vec<(&'static str, Output<'a>)>,
    progress: Option<OnProgress<'a>>,
}

impl<'a> LearnableJob<'a> {
    /// `output = f(input)`, with as many elements as the channels have.
    pub fn forward(
        learnable: &'a LearnableActivation,
        input: Input<'a>,
        output: Output<'a>,
    ) -> Self {
        Self::new(learnable, vec![input], output)
    }

    /// `grad_input = f′(input) · grad_output`, with as many elements as the channels have.
    pub fn backward(
        learnable: &'a LearnableActivation,
        input: Input<'a>,
        grad_output: Input<'a>,
        grad_input: Output<'a>,
    ) -> Self {
        Self::new(learnable, vec![input, grad_output], grad_input)
    }

    fn new(learnable: &'a LearnableActivation, inputs: Vec<Input<'a>>, output: Output<'a>) -> Self {
        Self {
            learnable,
            inputs,
            output,
            gradients: Vec::new(),
            progress: None,
        }
    }

    /// The same, and backward also the gradient of a hyper-parameter, with as many elements as its tensor:
    /// `Σ ∂f(input)/∂parameter · grad_output`, over its channel or over all. It is written once the rest
    /// is.
    pub fn gradient(mut self, parameter: &str, gradient: Output<'a>) -> Result<Self, OffloadError> {
        let (parameter, values) = self.learnable.tensor(parameter)?;
        if self.inputs.len() == 1 {
            return Err(OffloadError::ForwardGradient { parameter });
        }
        if self.gradients.iter().any(|(known, _)| *known == parameter) {
            return Err(KernelError::ParameterTwice { parameter }.into());
        }
        if let Sink::Bytes(bytes) = &gradient.sink {
            let (dtype, len) = (gradient.dtype, values.len() as u64);
            check_length("the gradient of a parameter", dtype, bytes.len(), len)?;
        }
        self.gradients.push((parameter, gradient));
        Ok(self)
    }

    /// Calls `progress` after every part that has passed; when it returns `Break`, the job ends with
    /// [`OffloadError::Cancelled`].
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl fmt::Debug for LearnableJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("LearnableJob")
            .field("learnable", &self.learnable)
            .finish_non_exhaustive()
    }
}

/// What a backward pass gives.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct LearnableGradients<T> {
    /// The gradient of the input.
    pub input: Vec<T>,
    /// Those of the hyper-parameters that are tensors, in the order of the activation's.
    pub parameters: Vec<(&'static str, Vec<f32>)>,
}

impl Offload {
    /// f of every element, with hyper-parameters from tensors.
    ///
    /// ```no_run
    /// use wgpu_activations::{Activation, LearnableActivation, Offload, Rows};
    ///
    /// let gpu = Offload::new()?;
    /// let x = vec![-1.0_f32; 8 * 3 * 100];
    /// let channels = Rows::along(&[8, 3, 100], 1)?;
    /// let prelu = LearnableActivation::new(&Activation::prelu(), &channels)
    ///     .with("negative_slope", &[0.25_f32, 0.1, 0.5])?;
    /// let y = gpu.forward_learnable(&prelu, &x)?;
    /// let gradients = gpu.backward_learnable(&prelu, &x, &vec![1.0; x.len()])?;
    /// let (name, grad_slopes) = &gradients.parameters[0];
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn forward_learnable<T: Element>(
        &self,
        learnable: &LearnableActivation,
        input: &[T],
    ) -> Result<Vec<T>, OffloadError> {
        let mut output = vec![T::zeroed(); input.len()];
        let (input, sink) = (Input::slice(input), Output::slice(&mut output));
        self.run_learnable(LearnableJob::forward(learnable, input, sink))?;
        Ok(output)
    }

    /// The gradients of the input and of all hyper-parameters that are tensors.
    pub fn backward_learnable<T: Element>(
        &self,
        learnable: &LearnableActivation,
        input: &[T],
        grad_output: &[T],
    ) -> Result<LearnableGradients<T>, OffloadError> {
        let mut grad_input = vec![T::zeroed(); input.len()];
        let zeros = |(name, values): (_, &[f32])| (name, vec![0.0; values.len()]);
        let mut parameters: Vec<_> = learnable.tensors().map(zeros).collect();
        let (input, grad_output) = (Input::slice(input), Input::slice(grad_output));
        let sink = Output::slice(&mut grad_input);
        let mut job = LearnableJob::backward(learnable, input, grad_output, sink);
        for (name, gradient) in &mut parameters {
            job = job.gradient(name, Output::slice(gradient.as_mut_slice()))?;
        }
        self.run_learnable(job)?;
        Ok(LearnableGradients {
            input: grad_input,
            parameters,
        })
    }

    /// [`Offload::forward_learnable`] and [`Offload::backward_learnable`] of any input and any output, with
    /// progress and cancellation.
    ///
    /// Sums are kept in two parts on the device and added up in the same order each time: they are the
    /// same, bit for bit, on every run on one adapter, and their error does not grow with the number of
    /// elements. Beside [`Offload::MEMORY`], the device holds 4 bytes for each value of a hyper-parameter's
    /// tensor, 8 for each whose gradient is wanted, and up to 6 MiB for each hyper-parameter.
    pub fn run_learnable(&self, job: LearnableJob<'_>) -> Result<(), OffloadError> {
        pollster::block_on(self.run_learnable_async(job))
    }

    /// [`Offload::run_learnable`] without blocking; dropping the future cancels it.
    pub async fn run_learnable_async(&self, job: LearnableJob<'_>) -> Result<(), OffloadError> {
        let LearnableJob {
            learnable,
            inputs,
            output,
            mut gradients,
            progress,
        } = job;
        learnable.check()?;
        self.check_channels(learnable)?;
        let values = learnable.tensors().map(|(parameter, values)| {
            let tensor = self.upload(values)?;
            let width = 1;
            Ok(Resident {
                parameter,
                tensor,
                width,
            })
        });
        let sums = gradients.iter().map(|(parameter, _)| {
            let len = learnable.tensor(parameter)?.1.len() as u64;
            Ok(Resident {
                parameter,
                tensor: self.zeros(len * PARTS)?,
                width: PARTS,
            })
        });
        let work = OverChannels {
            activation: learnable.activation(),
            channels: distinct_channels(learnable),
            values: values.collect::<Result<_, OffloadError>>()?,
            sums: sums.collect::<Result<_, OffloadError>>()?,
            is_backward: inputs.len() > 1,
        };
        let sums = work.sums.clone();
        let mut streamed = Job::new(work, inputs, output);
        streamed.progress = progress;
        self.run_async(streamed).await?;
        for ((_, gradient), sums) in gradients.iter_mut().zip(&sums) {
            let words = self.download(&sums.tensor).await?;
            let (parts, _) = words.as_chunks::<{ PARTS as usize }>();
            let sums = parts.iter().map(|parts| {
                let [sum, rest] = parts.map(|part| f64::from(f32::from_bits(part)));
                (sum + rest) as f32
            });
            let values: Vec<f32> = sums.collect();
            write(gradient, 0, &narrowed(gradient.dtype, &values))?;
        }
        Ok(())
    }

    /// Whether a buffer has room for what all channels have.
    fn check_channels(&self, learnable: &LearnableActivation) -> Result<(), OffloadError> {
        let longest = learnable.tensors().map(|(_, values)| values.len()).max();
        let (count, limit) = (
            longest.unwrap_or(0) as u64,
            self.device.limits().max_buffer_size / (4 * PARTS),
        );
        if count > limit {
            let what = "channels";
            return Err(KernelError::TooMany { what, count, limit }.into());
        }
        Ok(())
    }
}

/// The channels as far as the tensors tell them apart.
fn distinct_channels(learnable: &LearnableActivation) -> Rows {
    let channels = learnable.channels();
    match learnable.tensors().all(|(_, values)| values.len() == 1) {
        true => Rows::new(1, 1, channels.elements()),
        false => *channels,
    }
}
