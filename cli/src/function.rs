//! What the command can be told to compute.

use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, ActivationError, RowActivation, RowFunction};

/// What a function is made of, as `list` and `verify` call it.
pub(crate) const ELEMENTWISE: &str = "elementwise";
pub(crate) const ROWS: &str = "rows";

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

    /// All of them, with default parameters.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let elementwise = catalogue().map(Activation::from_definition);
        let rows = RowFunction::ALL.into_iter().map(RowActivation::from);
        elementwise
            .map(Self::Elementwise)
            .chain(rows.map(Self::Rows))
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
