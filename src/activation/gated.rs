use std::borrow::Cow;

use super::{Activation, ActivationError};

/// A gated unit that the literature has a name for.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub struct GatedDefinition {
    /// Its snake_case name.
    pub name: &'static str,
    /// Its formula, where `b` is what gates `a`.
    pub formula: &'static str,
    /// Where it comes from.
    pub citation: &'static str,
    activation: fn() -> Activation,
}

const DAUPHIN: &str =
    "Dauphin et al. 2017, Language modeling with gated convolutional networks, arXiv:1612.08083";
const SHAZEER: &str = "Shazeer 2020, GLU variants improve transformer, arXiv:2002.05202";

/// A gated unit: `output = a · f(b)`, where f is any elementwise activation.
///
/// In f32 its results and both gradients are within [`GatedActivation::bound`], and in 16 bits within 1 ULP,
/// where f(b) and f′(b) are 0 or normal numbers of f32. Where one of them is smaller, as sigmoid(−90) is,
/// adapters may take it for 0; where it is larger, it is infinite, but 0 times it is 0 as long as b is
/// finite. `grad_output · a` never overflows on the way to a gradient that does not.
///
/// ```
/// use wgpu_activations::{Activation, GatedActivation};
///
/// let swiglu = GatedActivation::swiglu();
/// assert_eq!(swiglu.name(), "swiglu");
/// assert_eq!(swiglu.activation().name(), "silu");
/// let sharper = GatedActivation::new(Activation::swish()).with("beta", 10.0)?;
/// assert_eq!(sharper.formula(), "a * swish(b)");
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Debug)]
pub struct GatedActivation {
    activation: Activation,
}

impl GatedActivation {
    /// Those that have a name of their own.
    pub const ALL: &'static [GatedDefinition] = &[
        GatedDefinition {
            name: "glu",
            formula: "a * sigmoid(b)",
            citation: DAUPHIN,
            activation: Activation::sigmoid,
        },
        GatedDefinition {
            name: "bilinear",
            formula: "a * b",
            citation: DAUPHIN,
            activation: Activation::identity,
        },
        GatedDefinition {
            name: "reglu",
            formula: "a * relu(b)",
            citation: SHAZEER,
            activation: Activation::relu,
        },
        GatedDefinition {
            name: "geglu",
            formula: "a * gelu(b)",
            citation: SHAZEER,
            activation: Activation::gelu,
        },
        GatedDefinition {
            name: "geglu_tanh",
            formula: "a * gelu_tanh(b)",
            citation: SHAZEER,
            activation: Activation::gelu_tanh,
        },
        GatedDefinition {
            name: "swiglu",
            formula: "a * silu(b)",
            citation: SHAZEER,
            activation: Activation::silu,
        },
    ];

    /// `a · f(b)` for that f.
    pub fn new(activation: Activation) -> Self {
        Self { activation }
    }

    /// The one of that name in [`GatedActivation::ALL`].
    pub fn named(name: &str) -> Result<Self, ActivationError> {
        let found = Self::ALL.iter().find(|definition| definition.name == name);
        found
            .map(Self::from)
            .ok_or_else(|| ActivationError::unknown(name, "GatedActivation"))
    }

    /// `a · sigmoid(b)`.
    pub fn glu() -> Self {
        Self::new(Activation::sigmoid())
    }

    /// `a · b`.
    pub fn bilinear() -> Self {
        Self::new(Activation::identity())
    }

    /// `a · relu(b)`.
    pub fn reglu() -> Self {
        Self::new(Activation::relu())
    }

    /// `a · gelu(b)`.
    pub fn geglu() -> Self {
        Self::new(Activation::gelu())
    }

    /// `a · gelu_tanh(b)`.
    pub fn geglu_tanh() -> Self {
        Self::new(Activation::gelu_tanh())
    }

    /// `a · silu(b)`.
    pub fn swiglu() -> Self {
        Self::new(Activation::silu())
    }

    /// The same unit with one hyper-parameter of f set.
    pub fn with(self, parameter: &str, value: f64) -> Result<Self, ActivationError> {
        Ok(Self::new(self.activation.with(parameter, value)?))
    }

    /// f, with the values of its hyper-parameters.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// Its row, where it has a name of its own.
    pub fn definition(&self) -> Option<&'static GatedDefinition> {
        let key = self.activation.key();
        let mut all = Self::ALL.iter();
        all.find(|definition| (definition.activation)().key() == key)
    }

    /// Its snake_case name; that of f after `gated_`, where it has none of its own.
    pub fn name(&self) -> Cow<'static, str> {
        match self.definition() {
            Some(definition) => definition.name.into(),
            None => format!("gated_{}", self.activation.name()).into(),
        }
    }

    /// Its formula, where `b` is what gates `a`.
    pub fn formula(&self) -> Cow<'static, str> {
        match self.definition() {
            Some(definition) => definition.formula.into(),
            None => format!("a * {}(b)", self.activation.name()).into(),
        }
    }

    /// How far results and gradients in f32 may be from the exact ones, in ULP, where f(b) and f′(b) are 0
    /// or normal numbers; counted at the magnitude of the largest term where f or f′ crosses zero because its
    /// terms cancel.
    ///
    /// Twice the [bound of f](Activation::bound), because an ULP of f(b) may be two of the product, and
    /// for the rounding of two products 1½.
    pub fn bound(&self) -> f64 {
        2.0 * self.activation.bound() + 1.5
    }
}

impl From<&GatedDefinition> for GatedActivation {
    fn from(definition: &GatedDefinition) -> Self {
        Self::new((definition.activation)())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_lead_to_their_units() {
        for definition in GatedActivation::ALL {
            let gated = GatedActivation::named(definition.name).unwrap();
            assert_eq!(gated.name(), definition.name);
            let f = gated.activation().name();
            let formula = if f == "identity" {
                "a * b".to_owned()
            } else {
                format!("a * {f}(b)")
            };
            assert_eq!(gated.formula(), formula);
        }
        let error = GatedActivation::named("swigul").unwrap_err().to_string();
        assert!(error.contains("\"swiglu\""), "{error}");
    }

    #[test]
    fn any_activation_gates() {
        let gated = GatedActivation::new(Activation::mish());
        assert_eq!(
            (&*gated.name(), &*gated.formula()),
            ("gated_mish", "a * mish(b)")
        );
        assert!(GatedActivation::swiglu().with("beta", 2.0).is_err());
    }
}
