//! What exists: names, parameters, defaults, formulas, properties.

mod catalogue;
mod custom;
mod definition;
mod derived;
mod error;
mod gated;
mod loss;
mod randomised;
mod rows;

pub use catalogue::{Family, catalogue, families};
pub use custom::CustomActivation;
pub use definition::{Definition, Parameter, Properties, Rule, Saturation, Smoothness};
pub use derived::Derived;
pub use error::ActivationError;
pub use gated::{GatedActivation, GatedDefinition};
pub use loss::{CrossEntropy, Reduction};
pub use randomised::{RandomisedRelu, Seed};
pub use rows::{RowActivation, RowFunction};

use std::sync::Arc;

use crate::reference::Reference;

/// The most hyper-parameters that one activation can have.
pub const MAX_PARAMETERS: usize = 8;

/// An activation with the values of its hyper-parameters: a handle, cheap to clone.
///
/// ```
/// use wgpu_activations::Activation;
///
/// let leaky = Activation::leaky_relu().with("negative_slope", 0.2)?;
/// assert_eq!(leaky.value("negative_slope"), Some(0.2));
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Activation {
    source: Source,
    values: [f32; MAX_PARAMETERS],
}

#[derive(Clone, Debug)]
enum Source {
    BuiltIn(&'static Definition),
    Custom(Arc<CustomActivation>),
}

/// What makes two activations the same, whatever the values of their hyper-parameters.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Identity {
    BuiltIn(&'static str),
    Custom(Arc<CustomActivation>),
}

/// The same function with the same values of its hyper-parameters. Of custom ones, name, WGSL and hyper-parameters
/// make the function, whatever the reference.
impl PartialEq for Activation {
    fn eq(&self, other: &Self) -> bool {
        self.key() == other.key() && self.values == other.values
    }
}

impl Activation {
    /// The activation of that name in the catalogue, with default hyper-parameters.
    pub fn named(name: &str) -> Result<Self, ActivationError> {
        catalogue()
            .find(|definition| definition.name == name)
            .map(Self::from_definition)
            .ok_or_else(|| ActivationError::unknown(name, "Activation"))
    }

    /// A row of the catalogue with default hyper-parameters.
    pub fn from_definition(definition: &'static Definition) -> Self {
        Self::with_defaults(Source::BuiltIn(definition), definition.parameters)
    }

    /// A row of the catalogue with default hyper-parameters, then with each of the row's sets of
    /// unusual ones: what a verification tries.
    pub fn variants(definition: &'static Definition) -> impl Iterator<Item = Self> {
        let default = Self::from_definition(definition);
        let unusual = definition.variants.iter().map(move |variant| {
            let mut activation = Self::from_definition(definition);
            for (value, unusual) in activation.values.iter_mut().zip(*variant) {
                *value = *unusual as f32;
            }
            activation
        });
        std::iter::once(default).chain(unusual)
    }

    /// An activation of the caller's own.
    pub fn custom(custom: CustomActivation) -> Self {
        let custom = Arc::new(custom);
        Self::with_defaults(Source::Custom(custom.clone()), custom.parameters())
    }

    fn with_defaults(source: Source, parameters: &[Parameter]) -> Self {
        let mut values = [0.0; MAX_PARAMETERS];
        for (value, parameter) in values.iter_mut().zip(parameters) {
            *value = parameter.default as f32;
        }
        Self { source, values }
    }

    /// The same activation with one hyper-parameter set; the value is rounded to f32.
    pub fn with(mut self, parameter: &str, value: f64) -> Result<Self, ActivationError> {
        self.set_all(&[(parameter, value)])?;
        Ok(self)
    }

    /// The same activation with several hyper-parameters set at once, for values that are valid
    /// only together; each is rounded to f32.
    pub fn with_all(mut self, settings: &[(&str, f64)]) -> Result<Self, ActivationError> {
        self.set_all(settings)?;
        Ok(self)
    }

    fn set_all(&mut self, settings: &[(&str, f64)]) -> Result<(), ActivationError> {
        for &(name, value) in settings {
            let index = self
                .parameters()
                .iter()
                .position(|parameter| parameter.name == name)
                .ok_or_else(|| {
                    ActivationError::unknown_parameter(self.name(), self.parameters(), name)
                })?;
            let rounded = value as f32;
            if !rounded.is_finite() {
                return Err(ActivationError::NotFinite {
                    activation: self.name().to_owned(),
                    parameter: name.to_owned(),
                    value,
                });
            }
            self.values[index] = rounded;
        }
        let values = self.values_f64();
        match self.rules().iter().find(|rule| !(rule.holds)(&values)) {
            Some(rule) => Err(ActivationError::rule(self, rule.text)),
            None => Ok(()),
        }
    }

    /// Its row, where it is a built-in one.
    pub fn definition(&self) -> Option<&'static Definition> {
        match &self.source {
            Source::BuiltIn(definition) => Some(definition),
            Source::Custom(_) => None,
        }
    }

    /// How far its results in f32 may be from the exact ones, in ULP, forward and backward: that of its
    /// [`Definition`], and 4 for a custom one.
    pub fn bound(&self) -> f64 {
        self.definition().map_or(definition::BOUND, |row| row.bound)
    }

    /// Its snake_case name.
    pub fn name(&self) -> &str {
        match &self.source {
            Source::BuiltIn(definition) => definition.name,
            Source::Custom(custom) => custom.name(),
        }
    }

    /// Its hyper-parameters with their defaults.
    pub fn parameters(&self) -> &[Parameter] {
        match &self.source {
            Source::BuiltIn(definition) => definition.parameters,
            Source::Custom(custom) => custom.parameters(),
        }
    }

    fn rules(&self) -> &[Rule] {
        match &self.source {
            Source::BuiltIn(definition) => definition.rules,
            Source::Custom(_) => &[],
        }
    }

    /// The values of its hyper-parameters, in order.
    pub fn values(&self) -> &[f32] {
        &self.values[..self.parameters().len()]
    }

    /// The values of the members of the WGSL struct `Parameters`: its hyper-parameters, then what is
    /// derived from them.
    pub fn members(&self) -> [f32; MAX_PARAMETERS] {
        let mut members = self.values;
        if let Some(derived) = self.derived() {
            let (values, rest) = members.split_at_mut(self.parameters().len());
            (derived.compute)(values, &mut rest[..derived.names.len()]);
        }
        members
    }

    /// How many of these there are.
    pub(crate) fn member_count(&self) -> usize {
        let derived = self.derived().map_or(0, |derived| derived.names.len());
        self.parameters().len() + derived
    }

    /// What its shader takes beside the hyper-parameters.
    pub(crate) fn derived(&self) -> Option<&'static Derived> {
        self.definition()?.derived.as_ref()
    }

    /// The values of its hyper-parameters as the reference takes them.
    pub fn values_f64(&self) -> Vec<f64> {
        self.values()
            .iter()
            .map(|&value| f64::from(value))
            .collect()
    }

    /// The value of one hyper-parameter.
    pub fn value(&self, parameter: &str) -> Option<f32> {
        let index = self.parameters().iter().position(|p| p.name == parameter)?;
        Some(self.values[index])
    }

    /// Its f64 twin; `None` for a custom activation that was given none.
    pub fn reference(&self) -> Option<&Reference> {
        match &self.source {
            Source::BuiltIn(definition) => Some(&definition.reference),
            Source::Custom(custom) => custom.reference(),
        }
    }

    /// The WGSL of its `forward` and `derivative`, as it stands in its file.
    pub fn source_wgsl(&self) -> &str {
        match &self.source {
            Source::BuiltIn(definition) => definition.wgsl,
            Source::Custom(custom) => custom.wgsl(),
        }
    }

    /// What it is apart from the values of its hyper-parameters.
    pub(crate) fn key(&self) -> Identity {
        match &self.source {
            Source::BuiltIn(definition) => Identity::BuiltIn(definition.name),
            Source::Custom(custom) => Identity::Custom(custom.clone()),
        }
    }

    /// Whether the WGSL is the library's own, and so may be compiled without run-time checks.
    pub(crate) fn is_trusted(&self) -> bool {
        matches!(self.source, Source::BuiltIn(_))
    }
}
