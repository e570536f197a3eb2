use std::fmt;

use super::LearnableSample;
use crate::activation::{Activation, Parameter};
use crate::dtype::Dtype;
use crate::verify::ulp::bound_of;
use crate::verify::{Found, VerifyError, ulp_error};

/// What a verification found for the derivative of an activation by one hyper-parameter.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct LearnableReport {
    /// The activation's name.
    pub activation: String,
    /// The hyper-parameter.
    pub parameter: &'static str,
    /// What the elements of all tensors were but those of hyper-parameters; units are counted in it.
    pub dtype: Dtype,
    /// What was found; units are taken at the derivative's largest term.
    pub found: Found<PointPlace>,
}

/// A point at which the derivative was taken.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct PointPlace {
    /// The input.
    pub input: f32,
    /// All hyper-parameters there.
    pub parameters: Vec<(&'static str, f32)>,
}

impl LearnableReport {
    /// The bound in f32.
    pub const BOUND: f64 = 4.0;

    pub(crate) fn new(activation: &Activation, parameter: &Parameter, dtype: Dtype) -> Self {
        Self {
            activation: activation.name().to_owned(),
            parameter: parameter.name,
            dtype,
            found: Found::new(bound_of(dtype, Self::BOUND)),
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges the derivatives at a sample's points, for a gradient of the output of 1.
    pub(crate) fn judge(
        &mut self,
        activation: &Activation,
        sample: &LearnableSample,
        results: &[f32],
    ) -> Result<(), VerifyError> {
        let reference = activation.reference();
        let reference = reference.ok_or_else(|| VerifyError::no_reference(activation))?;
        let unknown = || VerifyError::NoParameterDerivative {
            activation: activation.name().to_owned(),
            parameter: self.parameter,
        };
        let mut names = activation.parameters().iter().map(|known| known.name);
        let index = names.position(|name| name == self.parameter);
        let index = index.ok_or_else(unknown)?;
        let term = reference.parameter_largest_terms.get(index);
        self.found.elements += results.len() as u64;
        for (place, (&input, &actual)) in sample.inputs.iter().zip(results).enumerate() {
            let values = sample.values_at(place);
            let p: Vec<f64> = values.iter().copied().map(f64::from).collect();
            let x = f64::from(input);
            let expected = reference.parameter_derivative_at(index, x, &p);
            let expected = expected.ok_or_else(unknown)?;
            let term = term.map_or(0.0, |term| term(x, &p));
            let error = ulp_error(self.dtype, actual, expected, term);
            let names = activation.parameters().iter().map(|known| known.name);
            self.found.note(error, expected, actual, || PointPlace {
                input,
                parameters: names.zip(values).collect(),
            });
        }
        Ok(())
    }
}

impl fmt::Display for LearnableReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} by {} {}: {}",
            self.activation, self.parameter, self.dtype, self.found
        )
    }
}

impl fmt::Display for PointPlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "x = {:e}", self.input)?;
        for (name, value) in &self.parameters {
            write!(f, ", {name} {value:e}")?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of prelu by its slope at -2 and 3, and at -infinity: x where it is not positive, else 0.
    fn report(results: [f32; 3]) -> LearnableReport {
        let prelu = Activation::prelu();
        let sample = LearnableSample {
            inputs: vec![-2.0, 3.0, f32::NEG_INFINITY],
            values: vec![vec![0.25, 0.5, 0.75]],
        };
        let mut report = LearnableReport::new(&prelu, &prelu.parameters()[0], Dtype::F32);
        report
            .judge(&prelu, &sample, &results)
            .expect("it has a reference");
        report
    }

    #[test]
    fn right_results_pass() {
        let report = report([-2.0, 0.0, f32::NEG_INFINITY]);
        assert!(report.passed() && report.found.worst.is_none(), "{report}");
        assert_eq!(report.found.elements, 3);
    }

    #[test]
    fn the_worst_point_is_named() {
        let report = report([-2.0, 0.125, f32::NEG_INFINITY]);
        assert!(!report.passed());
        let worst = report.found.worst.expect("a point");
        assert_eq!(worst.place.to_string(), "x = 3e0, negative_slope 5e-1");
        assert_eq!((worst.expected, worst.actual), (0.0, 0.125));
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report([f32::NAN, 0.0, f32::NEG_INFINITY]);
        assert!(!nan.passed() && nan.found.nan_disagreements == 1);
        assert!(!report([-2.0, 0.0, -1e30]).passed());
    }
}
