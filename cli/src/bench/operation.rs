//! What can be timed: a function of any family, in one direction.

use std::borrow::Cow;

use wgpu::util::DeviceExt as _;
use wgpu_activations::verify::Direction;
use wgpu_activations::{
    Activation, ClassIndices, ClassType, CrossEntropy, Dtype, Gate, Halves, Learnable, Offload,
    Prepared, RandomisedRelu, Reduction, Rows, Seed, Statistics, TensorView,
};

use super::BenchError;
use super::tensors::Set;
use crate::error::Error;
use crate::function::{
    ELEMENTWISE, Function, GATED, LEARNABLE, LOSS, RANDOMISED, ROWS, STATISTICS,
};

/// Channels of tensors that have some, where there are enough elements.
const CHANNELS: u64 = 64;

/// An operation, with whatever parameters it has by default.
pub(super) enum Operation {
    Function(Function),
    /// With a value for each channel, and their gradients.
    Learnable(Activation),
    Randomised(RandomisedRelu),
    Statistics(Activation),
}

/// A tensor, as operations take it.
#[derive(Clone, Copy)]
pub(super) struct Shape {
    pub(super) elements: u64,
    /// Elements of a row.
    pub(super) row: u64,
    pub(super) dtype: Dtype,
}

impl Operation {
    pub(super) fn named(name: &str) -> Result<Self, Error> {
        let (family, rest) = name.split_once('_').unwrap_or((name, ""));
        Ok(match family {
            LEARNABLE => Self::Learnable(Activation::named(rest)?),
            STATISTICS => Self::Statistics(Activation::named(rest)?),
            RANDOMISED if rest == "rrelu" => Self::Randomised(RandomisedRelu::default()),
            _ => Self::Function(Function::named(name)?),
        })
    }

    /// All that have a name, and of the open families an example or two.
    pub(super) fn all() -> impl Iterator<Item = Self> {
        let learnable = [Activation::prelu(), Activation::swish()];
        Function::all()
            .map(Self::Function)
            .chain(learnable.map(Self::Learnable))
            .chain([
                Self::Randomised(RandomisedRelu::default()),
                Self::Statistics(Activation::relu()),
            ])
    }

    pub(super) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Function(function) => function.name(),
            Self::Learnable(activation) => format!("{LEARNABLE}_{}", activation.name()).into(),
            Self::Randomised(_) => format!("{RANDOMISED}_rrelu").into(),
            Self::Statistics(activation) => format!("{STATISTICS}_{}", activation.name()).into(),
        }
    }

    pub(super) fn family(&self) -> &'static str {
        match self {
            Self::Function(Function::Elementwise(_)) => ELEMENTWISE,
            Self::Function(Function::Rows(_)) => ROWS,
            Self::Function(Function::Gated(_)) => GATED,
            Self::Function(Function::Loss(_)) => LOSS,
            Self::Learnable(_) => LEARNABLE,
            Self::Randomised(_) => RANDOMISED,
            Self::Statistics(_) => STATISTICS,
        }
    }

    pub(super) fn directions(&self) -> &'static [Direction] {
        match self {
            Self::Statistics(_) => &[Direction::Forward],
            _ => &Direction::ALL,
        }
    }

    /// The elements that it takes of a tensor: whole rows.
    pub(super) fn elements(&self, shape: &Shape) -> u64 {
        match self {
            Self::Function(Function::Rows(_) | Function::Loss(_)) => shape.in_rows(1),
            Self::Function(Function::Gated(_)) => shape.in_rows(2),
            Self::Learnable(_) | Self::Statistics(_) => shape.channels().iter().product(),
            Self::Function(Function::Elementwise(_)) | Self::Randomised(_) => shape.elements,
        }
    }

    /// The bytes that any implementation has to read and write: those of tensors with as many elements,
    /// and not the few beside them.
    pub(super) fn bytes(&self, direction: Direction, shape: &Shape) -> u64 {
        let bytes = self.elements(shape) * shape.dtype.size();
        match (self, direction) {
            (Self::Function(Function::Gated(_)), Direction::Forward) => bytes / 2 * 3,
            (Self::Function(Function::Gated(_)), Direction::Backward) => bytes / 2 * 5,
            (Self::Function(Function::Loss(_)), Direction::Forward) => bytes,
            (Self::Function(Function::Loss(_)), Direction::Backward) => bytes * 2,
            (Self::Statistics(_), _) => bytes,
            (_, Direction::Forward) => bytes * 2,
            (_, Direction::Backward) => bytes * 3,
        }
    }

    /// The operation on the tensors of a set, and before it what it needs to have run once.
    pub(super) fn prepare(
        &self,
        direction: Direction,
        gpu: &Offload,
        set: &Set,
        shape: &Shape,
    ) -> Result<(Option<Prepared>, Prepared), BenchError> {
        let set = &set.first(self.elements(shape))?;
        let kernels = gpu.kernels();
        let prepared = match self {
            Self::Function(Function::Elementwise(activation)) => match direction {
                Direction::Forward => kernels.forward(activation, &set.input, &set.output)?,
                Direction::Backward => {
                    kernels.backward(activation, &set.input, &set.grad_output, &set.output)?
                }
            },
            Self::Function(Function::Rows(activation)) => {
                let rows = shape.rows()?;
                match direction {
                    Direction::Forward => {
                        kernels.forward_rows(activation, &rows, &set.input, &set.output)?
                    }
                    Direction::Backward => {
                        let saved = &set.input;
                        let grad_output = &set.grad_output;
                        kernels.backward_rows(activation, &rows, saved, grad_output, &set.output)?
                    }
                }
            }
            Self::Function(Function::Gated(gated)) => {
                let elements = self.elements(shape);
                let row = 2 * shape.row.min(elements / 2);
                let halves = Halves::along(&[elements / row, row], 1, Gate::Second)?;
                let half = |tensor: &TensorView| tensor.slice(0..elements / 2);
                match direction {
                    Direction::Forward => {
                        let output = half(&set.output)?;
                        kernels.forward_gated_halves(gated, &halves, &set.input, &output)?
                    }
                    Direction::Backward => kernels.backward_gated_halves(
                        gated,
                        &halves,
                        &set.input,
                        &half(&set.grad_output)?,
                        &set.output,
                    )?,
                }
            }
            Self::Function(Function::Loss(loss)) => {
                return self.prepare_loss(loss, direction, gpu, set, shape);
            }
            Self::Learnable(activation) => {
                return prepare_learnable(activation, direction, gpu, set, shape)
                    .map(|prepared| (None, prepared));
            }
            Self::Randomised(relu) => {
                let seed = Seed::new(1);
                match direction {
                    Direction::Forward => {
                        kernels.forward_randomised(relu, seed, &set.input, &set.output)?
                    }
                    Direction::Backward => {
                        let grad_output = &set.grad_output;
                        let input = &set.input;
                        kernels.backward_randomised(relu, seed, input, grad_output, &set.output)?
                    }
                }
            }
            Self::Statistics(activation) => {
                let channels = Rows::along(&shape.channels(), 1)?;
                let words = channels.len() * Statistics::WORDS as u64;
                let records = zeros(gpu, words, Dtype::F32)?;
                let threshold = Statistics::THRESHOLD;
                kernels.statistics(activation, threshold, &channels, &set.input, &records)?
            }
        };
        Ok((None, prepared))
    }

    fn prepare_loss(
        &self,
        loss: &CrossEntropy,
        direction: Direction,
        gpu: &Offload,
        set: &Set,
        shape: &Shape,
    ) -> Result<(Option<Prepared>, Prepared), BenchError> {
        let kernels = gpu.kernels();
        let loss = loss.with_reduction(Reduction::None);
        let rows = shape.rows()?;
        // Every row's target is class 0.
        let classes = zeros(gpu, rows.count(), Dtype::F32)?;
        let classes = ClassIndices::new(classes.buffer(), ClassType::U32, 0, rows.count())?;
        let losses = zeros(gpu, rows.count(), shape.dtype)?;
        let saved = zeros(gpu, CrossEntropy::saved_len(rows.count()), Dtype::F32)?;
        let forward =
            kernels.forward_cross_entropy(&loss, &rows, &set.input, &classes, &losses, &saved)?;
        Ok(match direction {
            Direction::Forward => (None, forward),
            Direction::Backward => {
                let grad_losses = set.grad_output.slice(0..rows.count())?;
                let backward = kernels.backward_cross_entropy(
                    &loss,
                    &rows,
                    &set.input,
                    &saved,
                    &grad_losses,
                    &set.output,
                )?;
                (Some(forward), backward)
            }
        })
    }
}

fn prepare_learnable(
    activation: &Activation,
    direction: Direction,
    gpu: &Offload,
    set: &Set,
    shape: &Shape,
) -> Result<Prepared, BenchError> {
    let channels = Rows::along(&shape.channels(), 1)?;
    let mut learnable = Learnable::new(activation, &channels);
    let mut gradients = Vec::new();
    for (parameter, &value) in activation.parameters().iter().zip(activation.values()) {
        let values = upload(gpu, &vec![value; channels.len() as usize])?;
        learnable = learnable.with(parameter.name, &values)?;
        gradients.push((parameter.name, zeros(gpu, channels.len(), Dtype::F32)?));
    }
    let gradients: Vec<_> = gradients.iter().map(|(name, view)| (*name, view)).collect();
    let kernels = gpu.kernels();
    Ok(match direction {
        Direction::Forward => kernels.forward_learnable(&learnable, &set.input, &set.output)?,
        Direction::Backward => kernels.backward_learnable(
            &learnable,
            &set.input,
            &set.grad_output,
            &set.output,
            &gradients,
        )?,
    })
}

impl Shape {
    /// As many elements as there are in whole rows of which so many lie side by side.
    fn in_rows(&self, beside: u64) -> u64 {
        let row = beside * self.row.min(self.elements / beside);
        self.elements / row.max(1) * row
    }

    fn rows(&self) -> Result<Rows, BenchError> {
        let row = self.row.min(self.elements);
        Ok(Rows::along(&[self.elements / row, row], 1)?)
    }

    /// Outer, channels, inner.
    fn channels(&self) -> [u64; 3] {
        let inner = self.row.min(self.elements);
        let channels = CHANNELS.min(self.elements / inner);
        [self.elements / (channels * inner), channels, inner]
    }
}

fn zeros(gpu: &Offload, elements: u64, dtype: Dtype) -> Result<TensorView, BenchError> {
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("beside the tensors"),
        size: (elements * dtype.size()).next_multiple_of(4),
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    Ok(TensorView::new(&buffer, dtype, 0, elements)?)
}

fn upload(gpu: &Offload, values: &[f32]) -> Result<TensorView, BenchError> {
    let contents = wgpu::util::BufferInitDescriptor {
        label: Some("parameters"),
        contents: bytemuck::cast_slice(values),
        usage: wgpu::BufferUsages::STORAGE,
    };
    Ok(TensorView::f32(
        &gpu.device().create_buffer_init(&contents),
    )?)
}

#[cfg(test)]
mod tests;
