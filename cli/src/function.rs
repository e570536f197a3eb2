//! What the command can be told to compute.

use std::borrow::Cow;

use wgpu_activations::activation::catalogue;
use wgpu_activations::{
    Activation, ActivationError, CrossEntropy, GatedActivation, Parameter, RowActivation,
    RowFunction,
};

use crate::arguments::{Setting, repeated};
use crate::error::Error;

/// What a function is made of, as `list` and `verify` call it.
pub(crate) const ELEMENTWISE: &str = "elementwise";
pub(crate) const ROWS: &str = "rows";
pub(crate) const GATED: &str = "gated";
pub(crate) const LEARNABLE: &str = "learnable";
pub(crate) const LOSS: &str = "loss";
pub(crate) const RANDOMISED: &str = "randomised";
pub(crate) const STATISTICS: &str = "statistics";

pub(crate) const CROSS_ENTROPY: &str = "cross_entropy";
pub(crate) const LABEL_SMOOTHING: Parameter = Parameter::new("label_smoothing", 0.0);

/// What precedes the name of an activation to make it that of a gated unit.
const GATED_BY: &str = "gated_";

/// A function of any family, with its parameters.
#[derive(Clone, Debug)]
pub(crate) enum Function {
    Elementwise(Activation),
    Rows(RowActivation),
    Gated(GatedActivation),
    Loss(CrossEntropy),
}

impl Function {
    pub(crate) fn named(name: &str) -> Result<Self, ActivationError> {
        if let Ok(rows) = RowActivation::named(name) {
            return Ok(Self::Rows(rows));
        }
        if let Ok(gated) = GatedActivation::named(name) {
            return Ok(Self::Gated(gated));
        }
        if name == CROSS_ENTROPY {
            return Ok(Self::Loss(CrossEntropy::default()));
        }
        match name.strip_prefix(GATED_BY) {
            Some(by) => Ok(Self::Gated(GatedActivation::new(Activation::named(by)?))),
            None => Activation::named(name).map(Self::Elementwise),
        }
    }

    /// The function of that name with these parameters.
    pub(crate) fn with_settings(name: &str, settings: &[Setting]) -> Result<Self, Error> {
        let settings = settings.iter().map(|s| (s.name.as_str(), s.value));
        let settings: Vec<_> = settings.collect();
        let names: Vec<_> = settings.iter().map(|(name, _)| *name).collect();
        if let Some(&twice) = repeated(&names) {
            return Err(Error::SetTwice(twice.to_owned()));
        }
        Ok(Self::named(name)?.with_all(&settings)?)
    }

    /// The activation of elements that it has to be, because nothing else has what is asked for.
    pub(crate) fn elementwise(self, what: &'static str) -> Result<Activation, Error> {
        match self {
            Self::Elementwise(activation) => Ok(activation),
            other => Err(Error::OnlyElementwise {
                what,
                name: other.name().into_owned(),
            }),
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
            .chain([Self::Loss(CrossEntropy::default())])
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
            Self::Loss(loss) => settings
                .iter()
                .try_fold(loss, |set, &(name, value)| match name {
                    name if name == LABEL_SMOOTHING.name => set.with_label_smoothing(value as f32),
                    _ => Err(ActivationError::UnknownParameter {
                        activation: CROSS_ENTROPY.to_owned(),
                        name: name.to_owned(),
                        known: format!("it takes {}", LABEL_SMOOTHING.name),
                    }),
                })
                .map(Self::Loss),
        }
    }

    pub(crate) fn name(&self) -> Cow<'_, str> {
        match self {
            Self::Elementwise(activation) => activation.name().into(),
            Self::Rows(activation) => activation.function().name().into(),
            Self::Gated(gated) => gated.name(),
            Self::Loss(_) => CROSS_ENTROPY.into(),
        }
    }
}
