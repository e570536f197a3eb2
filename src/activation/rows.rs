use super::catalogue::MODERATE;
use super::{ActivationError, Parameter};

/// What is made of each row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum RowFunction {
    /// eˣ / Σ eˣ.
    Softmax,
    /// e⁻ˣ / Σ e⁻ˣ.
    Softmin,
    /// x − ln Σ eˣ.
    LogSoftmax,
}

impl RowFunction {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Softmax, Self::Softmin, Self::LogSoftmax];

    /// Its snake_case name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Softmax => "softmax",
            Self::Softmin => "softmin",
            Self::LogSoftmax => "log_softmax",
        }
    }

    /// Its formula, where sums run over the row.
    pub const fn formula(self) -> &'static str {
        match self {
            Self::Softmax => "exp(x) / sum(exp(x))",
            Self::Softmin => "exp(-x) / sum(exp(-x))",
            Self::LogSoftmax => "x - ln(sum(exp(x)))",
        }
    }

    /// Where it comes from: all are softmax, of −x or its logarithm.
    pub const fn citation(self) -> &'static str {
        "Bridle 1990, Probabilistic interpretation of feedforward classification network outputs, with \
         relationships to statistical pattern recognition"
    }
}

/// A function that makes each row of a tensor into one that depends on all of it: softmax and its kin.
///
/// Elements that are −∞ (+∞ for softmin) have no part in their row; a row that has nothing else
/// becomes all 0 (−∞ for log_softmax). A row with NaN or the other infinity becomes NaN.
///
/// ```
/// use wgpu_activations::RowActivation;
///
/// let attention = RowActivation::softmax().with_scale(0.125)?;
/// assert_eq!(attention.scale(), 0.125);
/// assert!(RowActivation::softmax().with_scale(f32::NAN).is_err());
/// assert!(RowActivation::softmax().with_scale(1e20).is_err());
/// # Ok::<(), wgpu_activations::ActivationError>(())
/// ```
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RowActivation {
    function: RowFunction,
    scale: f32,
}

impl RowActivation {
    /// How far its results in f32 may be from the exact ones, in ULP.
    pub const BOUND: f64 = 8.0;

    /// What can be set, with the defaults.
    pub const PARAMETERS: [Parameter; 1] = [Parameter::new("scale", 1.0)];

    const fn new(function: RowFunction) -> Self {
        Self {
            function,
            scale: 1.0,
        }
    }

    /// The function of that name, with a scale of 1.
    pub fn named(name: &str) -> Result<Self, ActivationError> {
        RowFunction::ALL
            .into_iter()
            .find(|function| function.name() == name)
            .map(Self::from)
            .ok_or_else(|| ActivationError::unknown(name, "RowActivation"))
    }

    /// A function with a scale of 1, then with unusual ones: what a verification tries.
    pub fn variants(function: RowFunction) -> [Self; 3] {
        [1.0, 0.3, -2.7].map(|scale| Self { function, scale })
    }

    /// eˣ / Σ eˣ over each row.
    pub const fn softmax() -> Self {
        Self::new(RowFunction::Softmax)
    }

    /// e⁻ˣ / Σ e⁻ˣ over each row.
    pub const fn softmin() -> Self {
        Self::new(RowFunction::Softmin)
    }

    /// x − ln Σ eˣ over each row.
    pub const fn log_softmax() -> Self {
        Self::new(RowFunction::LogSoftmax)
    }

    /// The same function with its parameter set by name; the value is rounded to f32.
    pub fn with(self, parameter: &str, value: f64) -> Result<Self, ActivationError> {
        match parameter {
            "scale" if (value as f32).is_finite() => self.with_scale(value as f32),
            "scale" => Err(ActivationError::NotFinite {
                activation: self.function.name().to_owned(),
                parameter: parameter.to_owned(),
                value,
            }),
            _ => Err(ActivationError::unknown_parameter(
                self.function.name(),
                &Self::PARAMETERS,
                parameter,
            )),
        }
    }

    /// Multiplies every x by `scale` first: the inverse of a temperature. It is 0, or its magnitude lies
    /// between 1e-15 and 1e12.
    pub fn with_scale(self, scale: f32) -> Result<Self, ActivationError> {
        let activation = || self.function.name().to_owned();
        if !scale.is_finite() {
            return Err(ActivationError::NotFinite {
                activation: activation(),
                parameter: "scale".to_owned(),
                value: scale.into(),
            });
        }
        if !(MODERATE.holds)(&[scale.into()]) {
            return Err(ActivationError::Rule {
                activation: activation(),
                values: format!("scale = {scale:e}"),
                rule: MODERATE.text.to_owned(),
            });
        }
        Ok(Self { scale, ..self })
    }

    /// What is made of each row.
    pub fn function(&self) -> RowFunction {
        self.function
    }

    /// What every x is multiplied by.
    pub fn scale(&self) -> f32 {
        self.scale
    }

    /// What x enters the exponential with, its sign included.
    pub(crate) fn factor(&self) -> f32 {
        match self.function {
            RowFunction::Softmin => -self.scale,
            RowFunction::Softmax | RowFunction::LogSoftmax => self.scale,
        }
    }
}

impl From<RowFunction> for RowActivation {
    /// With a scale of 1.
    fn from(function: RowFunction) -> Self {
        Self::new(function)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;

    #[test]
    fn names_lead_to_functions_of_rows_and_their_parameter() {
        for function in RowFunction::ALL {
            let named = RowActivation::named(function.name());
            assert_eq!(named, Ok(RowActivation::from(function)));
            assert_eq!(RowActivation::variants(function)[0].scale(), 1.0);
        }
        let scaled = RowActivation::softmax().with("scale", -0.1);
        assert_eq!(scaled.map(|activation| activation.scale()), Ok(-0.1_f32));
    }

    #[test]
    fn errors_say_what_there_is() {
        let text = |error: ActivationError| error.to_string();
        let softmax = RowActivation::softmax();
        let error = text(softmax.with("temperature", 2.0).unwrap_err());
        assert!(error.contains("\"temperature\"; it takes scale"), "{error}");
        for value in [f64::NAN, f64::INFINITY, 1e60] {
            let error = text(softmax.with("scale", value).unwrap_err());
            assert!(
                error.contains("finite") && error.contains(&value.to_string()),
                "{error}"
            );
        }
        let error = text(RowActivation::named("log_sofmax").unwrap_err());
        assert!(error.contains("did you mean \"log_softmax\""), "{error}");
        let error = text(Activation::named("softmax").unwrap_err());
        assert!(
            error.contains("no Activation") && error.contains("RowActivation"),
            "{error}"
        );
    }
}
