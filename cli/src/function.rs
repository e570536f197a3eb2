//! What the command can be told to compute.

use wgpu_activations::{Activation, ActivationError, RowActivation};

/// A function of any family, with its parameters.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    Elementwise(Activation),
    Rows(RowActivation),
}

impl Function {
    pub(crate) fn named(name: &str) -> Result<Self, ActivationError> {
        match RowActivation::named(name) {
            Ok(rows) => Ok(Self::Rows(rows)),
            Err(_) => Activation::named(name).map(Self::Elementwise),
        }
    }

    /// The same function with some of its parameters set.
    pub(crate) fn with_all(self, settings: &[(&str, f64)]) -> Result<Self, ActivationError> {
        match self {
            Self::Elementwise(activation) => activation.with_all(settings).map(Self::Elementwise),
            Self::Rows(activation) => settings
                .iter()
                .try_fold(activation, |set, &(name, value)| set.with(name, value))
                .map(Self::Rows),
        }
    }

    pub(crate) fn name(&self) -> &str {
        match self {
            Self::Elementwise(activation) => activation.name(),
            Self::Rows(activation) => activation.function().name(),
        }
    }
}
