use super::{Activation, MAX_PARAMETERS, catalogue};

/// Why an activation could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivationError {
    /// No activation of that name.
    #[error("no activation is called {name:?}; did you mean {nearest:?}?")]
    UnknownActivation {
        /// The name that was asked for.
        name: String,
        /// The nearest name that exists.
        nearest: String,
    },
    /// No hyper-parameter of that name.
    #[error("{activation} has no parameter {name:?}; {known}")]
    UnknownParameter {
        /// The activation.
        activation: String,
        /// The name that was asked for.
        name: String,
        /// The parameters it has, in words.
        known: String,
    },
    /// A value breaks a rule.
    #[error("{activation}: {parameter} = {value} is not allowed: {rule}")]
    InvalidParameter {
        /// The activation.
        activation: String,
        /// The hyper-parameter that was set.
        parameter: String,
        /// The value that was given.
        value: f64,
        /// The rule that it breaks.
        rule: String,
    },
    /// A name that WGSL would not take.
    #[error(
        "{name:?} is no name for an activation or a parameter; use snake_case, starting with a letter"
    )]
    InvalidName {
        /// The name that was given.
        name: String,
    },
    /// A hyper-parameter is declared twice.
    #[error("{activation} declares the parameter {name:?} twice")]
    DuplicateParameter {
        /// The activation.
        activation: String,
        /// The name.
        name: String,
    },
    /// More hyper-parameters than the shaders' settings hold.
    #[error("{activation} declares more than {MAX_PARAMETERS} parameters, the most that fit")]
    TooManyParameters {
        /// The activation.
        activation: String,
    },
}

impl ActivationError {
    pub(super) fn unknown(name: &str) -> Self {
        let nearest = catalogue()
            .map(|definition| definition.name)
            .min_by_key(|known| strsim::damerau_levenshtein(known, &name.to_lowercase()))
            .unwrap_or_default();
        Self::UnknownActivation {
            name: name.to_owned(),
            nearest: nearest.to_owned(),
        }
    }

    pub(super) fn unknown_parameter(activation: &Activation, name: &str) -> Self {
        let names: Vec<_> = activation.parameters().iter().map(|p| p.name).collect();
        let known = match names.as_slice() {
            [] => "it takes none".to_owned(),
            names => format!("it takes {}", names.join(", ")),
        };
        Self::UnknownParameter {
            activation: activation.name().to_owned(),
            name: name.to_owned(),
            known,
        }
    }

    pub(super) fn invalid(
        activation: &Activation,
        parameter: &str,
        value: f64,
        rule: &str,
    ) -> Self {
        Self::InvalidParameter {
            activation: activation.name().to_owned(),
            parameter: parameter.to_owned(),
            value,
            rule: rule.to_owned(),
        }
    }
}
