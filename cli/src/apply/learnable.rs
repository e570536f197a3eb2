//! Activations whose hyper-parameters are tensors of files, and the gradients of these.

use wgpu_activations::{
    Activation, Dtype, Input, KernelError, LearnableActivation, LearnableJob, OffloadError,
    Output as Sink, Rows,
};

use super::output_start;
use super::stream::Elements;
use crate::arguments::{Apply, ParameterTensor};
use crate::error::Error;
use crate::layout::{Layout, Order};
use crate::location::{Format, Location};
use crate::output::{Output, OutputError};
use crate::tensor_file::{Problem, TensorFile};

/// An activation with its values, and where their gradients go.
pub(super) struct Learned {
    learnable: LearnableActivation,
    gradients: Vec<Gradient>,
}

/// Of one hyper-parameter.
struct Gradient {
    parameter: String,
    location: Location,
    layout: Layout,
    /// What comes before the data.
    start: Vec<u8>,
}

impl Learned {
    /// On an input that is laid out like that.
    pub(super) fn new(
        activation: &Activation,
        arguments: &Apply,
        layout: &Layout,
    ) -> Result<Self, Error> {
        let tensors = &arguments.tensors;
        let mut learnable = LearnableActivation::new(activation, &channels(arguments, layout)?);
        let mut gradients = Vec::new();
        for parameter in &tensors.parameters {
            let file = TensorFile::open(&parameter.location)?;
            learnable = with(learnable, parameter, &file, tensors.channel_axis)?;
            let mut wanted = tensors.gradients.iter();
            if let Some(gradient) = wanted.find(|wanted| wanted.name == parameter.name) {
                gradients.push(Gradient::new(gradient, &file)?);
            }
        }
        learnable.check()?;
        Ok(Self {
            learnable,
            gradients,
        })
    }

    /// The gradients' files, empty yet.
    pub(super) fn outputs(&self) -> Result<Vec<Output>, OutputError> {
        let outputs = self.gradients.iter().map(|gradient| {
            let size = gradient.start.len() as u64 + gradient.layout.data_bytes();
            Output::create(gradient.location.path(), size)
        });
        outputs.collect()
    }

    /// What these files begin with; their data are to follow.
    pub(super) fn contents(&self) -> Vec<Vec<u8>> {
        self.gradients.iter().map(|g| g.start.clone()).collect()
    }

    pub(super) fn job<'a>(
        &'a self,
        input: Input<'a>,
        gradient: Option<Input<'a>>,
        output: Sink<'a>,
        contents: &'a mut [Vec<u8>],
    ) -> Result<LearnableJob<'a>, OffloadError> {
        let learnable = &self.learnable;
        let Some(gradient) = gradient else {
            return Ok(LearnableJob::forward(learnable, input, output));
        };
        let job = LearnableJob::backward(learnable, input, gradient, output);
        let mut all = self.gradients.iter().zip(contents);
        all.try_fold(job, |job, (gradient, contents)| {
            let sink = Sink::writer(gradient.layout.dtype(), contents);
            job.gradient(&gradient.parameter, sink)
        })
    }
}

impl Gradient {
    /// In the shape of the values, in C order, and of their type where the format has it.
    fn new(wanted: &ParameterTensor, values: &TensorFile) -> Result<Self, Error> {
        let dtype = match (values.layout().dtype(), wanted.location.format()) {
            (Dtype::Bf16, Format::Npy) => Dtype::F32,
            (dtype, _) => dtype,
        };
        let layout = values.layout().clone().with_order(Order::C);
        let layout = layout.with_dtype(dtype);
        Ok(Self {
            parameter: wanted.name.clone(),
            location: wanted.location.clone(),
            start: output_start(&wanted.location, &layout, values)?,
            layout,
        })
    }
}

/// Whether the tensors that are named go together with each other and with what else is set.
pub(super) fn check_names(activation: &Activation, arguments: &Apply) -> Result<(), Error> {
    let tensors = &arguments.tensors;
    for ParameterTensor { name, .. } in &tensors.parameters {
        if activation.value(name).is_none() {
            // It says which there are.
            activation.clone().with(name, 0.0)?;
        }
    }
    for (index, ParameterTensor { name, .. }) in tensors.gradients.iter().enumerate() {
        let is_of = |other: &ParameterTensor| other.name == *name;
        if tensors.gradients[..index].iter().any(is_of) {
            return Err(Error::GradientTwice(name.clone()));
        }
        if !tensors.parameters.iter().any(is_of) {
            return Err(Error::GradientOfConstant(name.clone()));
        }
    }
    Ok(())
}

/// All elements are one channel where no axis is named.
fn channels(arguments: &Apply, layout: &Layout) -> Result<Rows, Error> {
    let channels = match arguments.tensors.channel_axis {
        Some(axis) => layout.rows(axis),
        None => Rows::along(&[1, layout.elements()], 0),
    };
    channels.map_err(|error| Error::Channels {
        input: arguments.input.clone(),
        error,
    })
}

fn with(
    learnable: LearnableActivation,
    parameter: &ParameterTensor,
    file: &TensorFile,
    axis: Option<i64>,
) -> Result<LearnableActivation, Error> {
    let bytes = Elements::of(file, Order::C).into_bytes();
    let bytes = bytes.map_err(|error| Problem::Io(error).of(&parameter.location))?;
    let with = learnable.with_bytes(&parameter.name, file.layout().dtype(), &bytes);
    with.map_err(|error| match error {
        OffloadError::Kernel(KernelError::ParameterLength { len, .. }) if axis.is_none() => {
            Error::NoChannelAxis {
                values: parameter.location.clone(),
                len,
                parameter: parameter.name.clone(),
            }
        }
        error => Error::ParameterValues {
            values: parameter.location.clone(),
            error: Box::new(error),
        },
    })
}
