//! What the command can be told to compute.

use std::borrow::Cow;

use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, ActivationError, GatedActivation, RowActivation, RowFunction};

/// What a function is made of, as `list` and `verify` call it.
pub(crate) const ELEMENTWISE: &str = "elementwise";
pub(crate) const ROWS: &str = "rows";
pub(crate) const GATED: &str = "gated";

/// What precedes the name of an activation to make it that of a gated unit.
const GATED_BY: &str = "gated_";

/// A function of any family, with its parameters.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    Elementwise(Activation),
    Rows(RowActivation),
    Gated(GatedActivation),
}

impl Function {
    pub(crate) fn named(name: &str) -> Result<Self, ActivationError> {
        if let Ok(rows) = RowActivation::named(name) {
            return Ok(Self::Rows(rows));
        }
        if let Ok(gated) = GatedActivation::named(name) {
            return Ok(Self::Gated(gated));
        }
        match name.strip_prefix(GATED_BY) {
            Some(by) => Ok(Self::Gated(GatedActivation::new(Activation::named(by)?))),
            None => Activation::named(name).map(Self::Elementwise),
        }
    }

    /// All that have a name of their own, with default parameters.
    pub(crate) fn all() -> impl Iterator<Item = Self> {
        let elementwise = catalogue().map(Activation::from_definition);
        let rows = RowFunction::ALL.into_iter().map(RowActivation::from);
        let gated = GatedActivation::ALL.iter().map(GatedActivation::from);
        elementwise
            .map(Self::Elementwise)
            .chain(rows.map(Self::Rows))
            .chain(gated.map(Self::Gated))
    }

    /// The same function with some of its parameters set.
    pub(crate) fn with_all(self, settings: &[(&str, f64)]) -> Result<Self, ActivationError> {
        match self {
            Self::Elementwise(activation) => activation.with_all(settings).map(Self::Elementwise),
            Self::Rows(activation) => settings
                .iter()
                .try_fold(activation, |set, &(name, value)| set.with(name, value))
                .map(Self::Rows),
            Self::Gated(gated) => {
                let activation = gated.activation().clone().with_all(settings)?;
                Ok(Self::Gated(GatedActivation::new(activation)))
            }
        }
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Elementwise(activation) => activation.name().into(),
            Self::Rows(activation) => activation.function().name().into(),
            Self::Gated(gated) => gated.name(),
        }
    }
}
