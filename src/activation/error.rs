use super::{Activation, GatedActivation, MAX_PARAMETERS, Parameter, RowFunction, catalogue};

/// Why an activation could not be made.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum ActivationError {
    /// No activation of that name.
    #[error("no activation is called {name:?}; {}", suggestion(nearest.as_deref()))]
    UnknownActivation {
        /// The name that was asked for.
        name: String,
        /// The nearest name that exists, where one is near.
        nearest: Option<String>,
    },
    /// A function of another family.
    #[error("{name} is no {wanted}; use {family}::named({name:?})")]
    OtherFamily {
        /// Its name.
        name: String,
        /// The type of what was wanted.
        wanted: &'static str,
        /// The type that has it.
        family: &'static str,
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
    /// A value that is NaN, infinite or beyond f32.
    #[error("{activation}: {parameter} = {value} is not allowed: it must be a finite f32")]
    NotFinite {
        /// The activation.
        activation: String,
        /// The hyper-parameter.
        parameter: String,
        /// The value that was given.
        value: f64,
    },
    /// The values break a rule of the activation.
    #[error("{activation} with {values} is not allowed: {rule}")]
    Rule {
        /// The activation.
        activation: String,
        /// All its values, in words.
        values: String,
        /// The rule that they break.
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

fn suggestion(nearest: Option<&str>) -> String {
    match nearest {
        Some(nearest) => format!("did you mean {nearest:?}?"),
        None => "the catalogue lists those there are".to_owned(),
    }
}

impl ActivationError {
    /// The family that was `wanted` has no function of that name.
    pub(super) fn unknown(name: &str, wanted: &'static str) -> Self {
        let names = |family, names: Vec<&'static str>| names.into_iter().map(move |n| (family, n));
        let known: Vec<_> = names("Activation", catalogue().map(|row| row.name).collect())
            .chain(names(
                "RowActivation",
                RowFunction::ALL.map(RowFunction::name).to_vec(),
            ))
            .chain(names(
                "GatedActivation",
                GatedActivation::ALL.iter().map(|row| row.name).collect(),
            ))
            .collect();
        if let Some((family, _)) = known.iter().find(|(_, known)| *known == name) {
            return Self::OtherFamily {
                name: name.to_owned(),
                wanted,
                family,
            };
        }
        let distance = |known: &str| strsim::damerau_levenshtein(known, &name.to_lowercase());
        let nearest = known
            .into_iter()
            .map(|(_, known)| known)
            .min_by_key(|known| distance(known))
            // More than a third of the letters wrong is no slip of the finger.
            .filter(|known| 3 * distance(known) <= name.chars().count().max(known.len()));
        Self::UnknownActivation {
            name: name.to_owned(),
            nearest: nearest.map(str::to_owned),
        }
    }

    pub(crate) fn unknown_parameter(
        activation: &str,
        parameters: &[Parameter],
        name: &str,
    ) -> Self {
        let names: Vec<_> = parameters.iter().map(|p| p.name).collect();
        let known = match names.as_slice() {
            [] => "it takes none".to_owned(),
            names => format!("it takes {}", names.join(", ")),
        };
        Self::UnknownParameter {
            activation: activation.to_owned(),
            name: name.to_owned(),
            known,
        }
    }

    pub(super) fn rule(activation: &Activation, rule: &str) -> Self {
        let values = activation.parameters().iter().zip(activation.values());
        let values: Vec<_> = values
            .map(|(p, value)| format!("{} = {value}", p.name))
            .collect();
        Self::Rule {
            activation: activation.name().to_owned(),
            values: values.join(", "),
            rule: rule.to_owned(),
        }
    }
}
