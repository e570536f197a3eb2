use std::hash::{Hash, Hasher};

use super::{ActivationError, MAX_PARAMETERS, Parameter};
use crate::reference::Reference;

/// An activation of the caller's own: WGSL and, optionally, an f64 reference.
///
/// The WGSL defines `fn forward(x: f32) -> f32` and `fn derivative(x: f32) -> f32`; with
/// hyper-parameters both take a second argument `p: Parameters`, whose f32 members bear the
/// hyper-parameters' names. NaN goes around them. The text is compiled with all run-time
/// checks on; what the compiler finds wrong comes back when an operation is prepared.
///
/// ```
/// use wgpu_activations::{Activation, CustomActivation, Parameter, reference::Reference};
///
/// let cubic = CustomActivation::new(
///     "cubic",
///     "fn forward(x: f32, p: Parameters) -> f32 { return p.scale * x * x * x; }
///      fn derivative(x: f32, p: Parameters) -> f32 { return 3.0 * p.scale * x * x; }",
/// )?
/// .with_parameter(Parameter::new("scale", 0.5))?
/// .with_reference(Reference::new(|x, p| p[0] * x.powi(3), |x, p| 3.0 * p[0] * x * x));
/// let activation = Activation::custom(cubic).with("scale", 2.0)?;
/// # assert_eq!(activation.value("scale"), Some(2.0));
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct CustomActivation {
    name: String,
    wgsl: String,
    parameters: Vec<Parameter>,
    reference: Option<Reference>,
}

impl CustomActivation {
    /// An activation without hyper-parameters and reference.
    pub fn new(name: &str, wgsl: &str) -> Result<Self, ActivationError> {
        check_identifier(name)?;
        Ok(Self {
            name: name.to_owned(),
            wgsl: wgsl.to_owned(),
            parameters: Vec::new(),
            reference: None,
        })
    }

    /// Adds a hyper-parameter; the shader and the reference take them in the order of these calls.
    pub fn with_parameter(mut self, parameter: Parameter) -> Result<Self, ActivationError> {
        check_identifier(parameter.name)?;
        if self
            .parameters
            .iter()
            .any(|known| known.name == parameter.name)
        {
            return Err(ActivationError::DuplicateParameter {
                activation: self.name,
                name: parameter.name.to_owned(),
            });
        }
        if self.parameters.len() == MAX_PARAMETERS {
            return Err(ActivationError::TooManyParameters {
                activation: self.name,
            });
        }
        if !(parameter.default as f32).is_finite() {
            return Err(ActivationError::NotFinite {
                activation: self.name,
                parameter: parameter.name.to_owned(),
                value: parameter.default,
            });
        }
        self.parameters.push(parameter);
        Ok(self)
    }

    /// Gives it an f64 twin, so that it can be verified.
    #[must_use]
    pub fn with_reference(mut self, reference: Reference) -> Self {
        self.reference = Some(reference);
        self
    }

    /// Its name.
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Its WGSL.
    pub fn wgsl(&self) -> &str {
        &self.wgsl
    }

    /// Its hyper-parameters.
    pub fn parameters(&self) -> &[Parameter] {
        &self.parameters
    }

    /// Its f64 twin.
    pub fn reference(&self) -> Option<&Reference> {
        self.reference.as_ref()
    }

    fn shader_text(&self) -> (&str, &str, impl Iterator<Item = &str>) {
        (
            &self.name,
            &self.wgsl,
            self.parameters.iter().map(|parameter| parameter.name),
        )
    }
}

/// Names end up in WGSL, so they are what WGSL takes as an identifier.
fn check_identifier(name: &str) -> Result<(), ActivationError> {
    let mut characters = name.chars();
    let starts = characters
        .next()
        .is_some_and(|first| first.is_ascii_lowercase());
    if starts && characters.all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_') {
        return Ok(());
    }
    Err(ActivationError::InvalidName {
        name: name.to_owned(),
    })
}

/// Equal where the same pipeline serves both; defaults and references do not matter to it.
impl PartialEq for CustomActivation {
    fn eq(&self, other: &Self) -> bool {
        let (name, wgsl, parameters) = self.shader_text();
        let (other_name, other_wgsl, other_parameters) = other.shader_text();
        name == other_name && wgsl == other_wgsl && parameters.eq(other_parameters)
    }
}

impl Eq for CustomActivation {}

impl Hash for CustomActivation {
    fn hash<H: Hasher>(&self, state: &mut H) {
        let (name, wgsl, parameters) = self.shader_text();
        (name, wgsl).hash(state);
        parameters.for_each(|parameter| parameter.hash(state));
    }
}
