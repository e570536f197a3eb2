use crate::activation::Activation;

/// Why results could not be judged.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// The activation has no f64 reference.
    #[error("{activation} has no f64 reference; give it one with CustomActivation::with_reference")]
    NoReference {
        /// The activation.
        activation: String,
    },
    /// The activation's reference does not say how it changes with a hyper-parameter.
    #[error(
        "the f64 reference of {activation} has no derivative by {parameter}; give it one with \
         Reference::with_parameter_derivatives"
    )]
    NoParameterDerivative {
        /// The activation.
        activation: String,
        /// The hyper-parameter.
        parameter: &'static str,
    },
    /// Not one result for each input.
    #[error("there are {inputs} inputs, but {len} {results}; give one for each input")]
    LengthMismatch {
        /// The number of inputs.
        inputs: usize,
        /// Which results: the outputs, or those that are expected.
        results: &'static str,
        /// The number of results.
        len: usize,
    },
}

impl VerifyError {
    pub(super) fn no_reference(activation: &Activation) -> Self {
        Self::NoReference {
            activation: activation.name().to_owned(),
        }
    }
}
