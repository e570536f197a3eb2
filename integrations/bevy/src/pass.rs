use bevy::prelude::*;
use bevy::render::storage::ShaderBuffer;
use wgpu_activations::Activation;

/// An activation over buffers of f32, computed in every frame for as long as its entity lives.
///
/// A changed hyper-parameter compiles nothing; other buffers or another activation prepare the pass anew. What cannot be
/// prepared is logged as an error, and tried again once it changes.
#[derive(Component, Clone, Debug, PartialEq)]
pub struct ActivationPass {
    /// With the values of its hyper-parameters.
    pub activation: Activation,
    /// What is computed.
    pub direction: Direction,
    /// Passes are recorded in ascending order: one that reads what another writes comes later.
    pub order: i32,
}

/// What is computed, over all of the buffers, which must be of one length.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Direction {
    /// `output = f(input)`.
    Forward {
        /// x.
        input: Handle<ShaderBuffer>,
        /// f(x).
        output: Handle<ShaderBuffer>,
    },
    /// `grad_input = f′(input) · grad_output`.
    Backward {
        /// x.
        input: Handle<ShaderBuffer>,
        /// The gradient of f(x).
        grad_output: Handle<ShaderBuffer>,
        /// The gradient of x.
        grad_input: Handle<ShaderBuffer>,
    },
}

impl ActivationPass {
    /// `output = f(input)`.
    pub fn forward(
        activation: Activation,
        input: Handle<ShaderBuffer>,
        output: Handle<ShaderBuffer>,
    ) -> Self {
        Self::new(activation, Direction::Forward { input, output })
    }

    /// `grad_input = f′(input) · grad_output`.
    pub fn backward(
        activation: Activation,
        input: Handle<ShaderBuffer>,
        grad_output: Handle<ShaderBuffer>,
        grad_input: Handle<ShaderBuffer>,
    ) -> Self {
        let direction = Direction::Backward {
            input,
            grad_output,
            grad_input,
        };
        Self::new(activation, direction)
    }

    fn new(activation: Activation, direction: Direction) -> Self {
        Self {
            activation,
            direction,
            order: 0,
        }
    }

    /// The same with a place among the others.
    #[must_use]
    pub fn with_order(self, order: i32) -> Self {
        Self { order, ..self }
    }
}

impl Direction {
    /// Its buffers, in the order of the operands.
    pub(crate) fn buffers(&self) -> Vec<&Handle<ShaderBuffer>> {
        match self {
            Self::Forward { input, output } => vec![input, output],
            Self::Backward {
                input,
                grad_output,
                grad_input,
            } => vec![input, grad_output, grad_input],
        }
    }
}
