//! Activations whose hyper-parameters are tensors, and the gradients of these.

mod checks;
mod draft;
mod plan;
mod prepare;
mod shaders;
mod totals;

pub(super) use shaders::LearnableKey;

use super::checks::{check_lengths, check_overlaps};
use super::prepared::Prepared;
use super::{KernelError, Kernels};
use crate::activation::{Activation, ActivationError};
use crate::shader::{Operand, Operation, ParameterSet};
use crate::tensor::{Rows, TensorView};
use checks::{check_channels, checked_gradients};
use prepare::Job;

/// An activation some of whose hyper-parameters are tensors: one value, or one for each channel.
///
/// The kernels read the values each time that they run, and nobody looks at them before: they must be
/// finite and keep the rules that [`Activation::with`] holds a constant to, else the results are
/// unspecified. NaN gives NaN, in its channel and nowhere else. Those that are given no tensor keep the
/// activation's own value.
///
/// Results are as exact as with constants, but for one: where xielu crosses zero below 0 is worked out on the
/// CPU, from constants. Where any of its hyper-parameters is a tensor, results around that are exact to the
/// last digits of their terms.
///
/// ```
/// # fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let gpu = wgpu_activations::Offload::new()?;
/// # let buffer = |values: u64| gpu.device().create_buffer(&wgpu::BufferDescriptor {
/// #     label: None,
/// #     size: 4 * values,
/// #     usage: wgpu::BufferUsages::STORAGE,
/// #     mapped_at_creation: false,
/// # });
/// # let (slope_buffer, input_buffer, output_buffer) = (buffer(3), buffer(8 * 3 * 64), buffer(8 * 3 * 64));
/// use wgpu_activations::{Activation, Kernels, Learnable, Rows, TensorView};
///
/// // 8 images of 3 channels, 8 × 8 pixels each, and a slope for each channel.
/// let channels = Rows::along(&[8, 3, 8, 8], 1)?;
/// let slopes = TensorView::f32(&slope_buffer)?;
/// let prelu = Learnable::new(&Activation::prelu(), &channels).with("negative_slope", &slopes)?;
/// let kernels = Kernels::new(gpu.device());
/// let (input, output) = (TensorView::f32(&input_buffer)?, TensorView::f32(&output_buffer)?);
/// let forward = kernels.forward_learnable(&prelu, &input, &output)?;
/// # drop(forward);
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Debug)]
pub struct Learnable {
    activation: Activation,
    channels: Rows,
    /// Of each hyper-parameter, in order.
    tensors: Vec<Option<TensorView>>,
}

impl Learnable {
    /// An activation of tensors with these channels: [`Rows::along`] the channels' axis. All
    /// hyper-parameters are constants yet.
    pub fn new(activation: &Activation, channels: &Rows) -> Self {
        Self {
            activation: activation.clone(),
            channels: *channels,
            tensors: vec![None; activation.parameters().len()],
        }
    }

    /// The same with a tensor for one hyper-parameter, of one value or of one for each channel.
    pub fn with(mut self, parameter: &str, values: &TensorView) -> Result<Self, KernelError> {
        let index = self.index(parameter)?;
        let name = self.activation.parameters()[index].name;
        let channels = self.channels.len();
        if values.len() != 1 && values.len() != channels {
            return Err(KernelError::ParameterLength {
                parameter: name,
                len: values.len(),
                channels,
            });
        }
        if self.tensors[index].is_some() {
            return Err(KernelError::ParameterTwice { parameter: name });
        }
        self.tensors[index] = Some(values.clone());
        Ok(self)
    }

    /// The activation, with the values of the hyper-parameters that are constants.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// The channels.
    pub fn channels(&self) -> &Rows {
        &self.channels
    }

    /// Where a hyper-parameter is among the activation's.
    fn index(&self, parameter: &str) -> Result<usize, KernelError> {
        let mut all = self.activation.parameters().iter();
        let index = all.position(|known| known.name == parameter);
        Ok(index.ok_or_else(|| {
            ActivationError::unknown_parameter(
                self.activation.name(),
                self.activation.parameters(),
                parameter,
            )
        })?)
    }

    /// The hyper-parameters that are tensors.
    fn set(&self) -> ParameterSet {
        let tensors = self.tensors.iter().enumerate();
        tensors
            .filter(|(_, tensor)| tensor.is_some())
            .fold(ParameterSet::default(), |set, (index, _)| set.with(index))
    }

    /// The tensors, each with its hyper-parameter's name.
    fn named(&self) -> impl Iterator<Item = (Operand, &TensorView)> {
        let parameters = self.activation.parameters().iter().zip(&self.tensors);
        parameters.filter_map(|(parameter, tensor)| {
            let operand = Operand {
                name: parameter.name,
                is_written: false,
            };
            Some((operand, tensor.as_ref()?))
        })
    }

    /// The channels as far as the tensors tell them apart.
    fn distinct_channels(&self) -> Rows {
        if self.named().all(|(_, tensor)| tensor.len() == 1) {
            self.channels.joined()
        } else {
            self.channels
        }
    }
}

/// Where the gradients of hyper-parameters go to.
#[derive(Clone, Copy)]
pub(crate) enum Gradients<'a> {
    /// Into tensors like those of the hyper-parameters.
    Values(&'a [(&'a str, &'a TensorView)]),
    /// They are added to sums of earlier elements, or to zeros: each is two f32.
    #[cfg(feature = "offload")]
    Sums(&'a [(&'a str, &'a TensorView)]),
}

/// What a gradient is called where it overlaps something.
const GRADIENT: Operand = Operand {
    name: "the gradient of a parameter",
    is_written: true,
};

impl Kernels {
    /// Prepares `output = f(input)`, with hyper-parameters from tensors.
    pub fn forward_learnable(
        &self,
        learnable: &Learnable,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, output];
        self.prepare_learnable(learnable, Operation::Forward, &tensors, Gradients::NONE)
    }

    /// Prepares `tensor = f(tensor)`, with hyper-parameters from tensors.
    pub fn forward_learnable_in_place(
        &self,
        learnable: &Learnable,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let operation = Operation::ForwardInPlace;
        self.prepare_learnable(learnable, operation, &[tensor], Gradients::NONE)
    }

    /// Prepares `grad_input = f′(input) · grad_output`, and for each of these hyper-parameters
    /// `gradient = Σ ∂f(input)/∂parameter · grad_output`, over its channel or over all.
    ///
    /// A gradient has as many values as its hyper-parameter's tensor. The sums are the same, bit for bit,
    /// whenever it runs on one adapter, and their error does not grow with the number of elements.
    pub fn backward_learnable(
        &self,
        learnable: &Learnable,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
        gradients: &[(&str, &TensorView)],
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, grad_output, grad_input];
        let gradients = Gradients::Values(gradients);
        self.prepare_learnable(learnable, Operation::Backward, &tensors, gradients)
    }

    /// [`Kernels::backward_learnable`] with the gradient of the input in place of that of the output.
    pub fn backward_learnable_in_place(
        &self,
        learnable: &Learnable,
        input: &TensorView,
        grad: &TensorView,
        gradients: &[(&str, &TensorView)],
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, grad];
        let gradients = Gradients::Values(gradients);
        self.prepare_learnable(learnable, Operation::BackwardInPlace, &tensors, gradients)
    }

    /// The gradients of hyper-parameters alone, as [`Kernels::backward_learnable`] has them: for a first
    /// layer, whose input needs none.
    pub fn parameter_gradients(
        &self,
        learnable: &Learnable,
        input: &TensorView,
        grad_output: &TensorView,
        gradients: &[(&str, &TensorView)],
    ) -> Result<Prepared, KernelError> {
        let gradients = Gradients::Values(gradients);
        self.prepare_learnable(learnable, None, &[input, grad_output], gradients)
    }

    pub(crate) fn prepare_learnable(
        &self,
        learnable: &Learnable,
        operation: impl Into<Option<Operation>>,
        tensors: &[&TensorView],
        gradients: Gradients<'_>,
    ) -> Result<Prepared, KernelError> {
        let operation = operation.into();
        let operands = operation.map_or(crate::shader::SUM_OPERANDS, Operation::operands);
        check_lengths(operands, tensors)?;
        check_channels(&learnable.channels, operands, tensors)?;
        let is_continued = gradients.are_sums();
        let gradients = checked_gradients(learnable, gradients)?;
        let mut all: Vec<_> = operands
            .iter()
            .copied()
            .zip(tensors.iter().copied())
            .collect();
        all.extend(learnable.named());
        all.extend(gradients.iter().map(|(_, gradient)| (GRADIENT, *gradient)));
        let (all_operands, all_tensors): (Vec<_>, Vec<_>) = all.into_iter().unzip();
        check_overlaps(&all_operands, &all_tensors)?;
        let job = Job {
            learnable,
            channels: learnable.distinct_channels(),
            operation,
            tensors,
            gradients: &gradients,
            is_continued,
        };
        job.prepare(&self.device, &self.pipelines)
    }
}
