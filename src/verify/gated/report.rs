use std::fmt;

use super::{GatedSample, Product};
use crate::activation::GatedActivation;
use crate::dtype::Dtype;
use crate::verify::ulp::bound_of;
use crate::verify::{Direction, Found, ulp_error};

/// What a verification found for a gated unit in one direction.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct GatedReport {
    /// The unit.
    pub gated: GatedActivation,
    /// Which way it was run.
    pub direction: Direction,
    /// What the elements of all tensors were, in which units are counted.
    pub dtype: Dtype,
    /// What was found.
    ///
    /// What [`GatedActivation`] excepts is no error: where f(b) or f′(b) is less than a normal number and
    /// taken for 0, or beyond f32 and taken for infinite.
    pub found: Found<GatePlace>,
}

/// One of the results for a pair.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct GatePlace {
    /// Which it is: `output`, `grad_a` or `grad_b`.
    pub result: &'static str,
    /// What is scaled.
    pub a: f32,
    /// What f is applied to.
    pub b: f32,
    /// The gradient of the output, backward.
    pub grad_output: f32,
}

impl GatedReport {
    pub(crate) fn new(gated: &GatedActivation, direction: Direction, dtype: Dtype) -> Self {
        Self {
            gated: gated.clone(),
            direction,
            dtype,
            found: Found::new(bound_of(dtype, gated.bound())),
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.found.passed()
    }

    /// Judges a sample's results, backward those for all a and then those for all b.
    pub(crate) fn judge(&mut self, sample: &GatedSample, exact: &[Product], results: &[f32]) {
        self.found.elements += results.len() as u64;
        for (index, (product, &actual)) in exact.iter().zip(results).enumerate() {
            let error = error(self.dtype, product, actual);
            let (expected, pair) = (product.exact.value, index % sample.a.len());
            self.found.note(error, expected, actual, || GatePlace {
                result: match self.direction {
                    Direction::Forward => "output",
                    Direction::Backward if index == pair => "grad_a",
                    Direction::Backward => "grad_b",
                },
                a: sample.a[pair],
                b: sample.b[pair],
                grad_output: sample.grad_output[pair],
            });
        }
    }
}

/// In ULP, 0 for what the documentation excepts.
fn error(dtype: Dtype, product: &Product, actual: f32) -> f64 {
    let Product { exact, factor, y } = *product;
    let least = f64::from(f32::MIN_POSITIVE);
    let is_lost = y != 0.0 && y.abs() < least && {
        let lost = (f64::from(actual) - exact.value).abs();
        lost <= factor.abs() * least || factor.is_infinite()
    };
    let is_beyond = y.is_finite() && y.abs() > f32::MAX.into() && factor != 0.0;
    if is_lost || is_beyond && actual.is_infinite() {
        return 0.0;
    }
    ulp_error(dtype, actual, exact.value, exact.largest_term)
}

impl fmt::Display for GatedReport {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "{} {} {}: {}",
            self.gated.name(),
            self.direction,
            self.dtype,
            self.found
        )
    }
}

impl fmt::Display for GatePlace {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let (result, a, b) = (self.result, self.a, self.b);
        write!(f, "{result} for a {a:e}, b {b:e}")?;
        match result {
            "output" => Ok(()),
            _ => write!(f, ", grad_output {:e}", self.grad_output),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Of bilinear at a = 2, b = 3, and a = 0, b = 1, for a gradient of 5.
    fn report(direction: Direction, results: &[f32]) -> GatedReport {
        let bilinear = GatedActivation::bilinear();
        let sample = GatedSample {
            a: vec![2.0, 0.0],
            b: vec![3.0, 1.0],
            grad_output: vec![5.0; 2],
        };
        let exact = match direction {
            Direction::Forward => sample.forward(&bilinear),
            Direction::Backward => sample.backward(&bilinear),
        };
        let mut report = GatedReport::new(&bilinear, direction, Dtype::F32);
        report.judge(&sample, &exact.unwrap(), results);
        report
    }

    #[test]
    fn right_results_pass() {
        let forward = report(Direction::Forward, &[6.0, 0.0]);
        assert!(forward.passed() && forward.found.max_ulp == 0.0 && forward.found.elements == 2);
        let backward = report(Direction::Backward, &[15.0, 5.0, 10.0, 0.0]);
        assert!(
            backward.passed() && backward.found.max_ulp == 0.0,
            "{backward}"
        );
    }

    #[test]
    fn the_worst_result_is_named() {
        let report = report(Direction::Backward, &[15.0, 5.0, 10.1, 0.0]);
        assert!(!report.passed());
        let worst = report.found.worst.unwrap();
        assert_eq!((worst.expected, worst.actual), (10.0, 10.1));
        assert_eq!(
            worst.place.to_string(),
            "grad_b for a 2e0, b 3e0, grad_output 5e0"
        );
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report(Direction::Forward, &[6.0, f32::NAN]);
        assert!(!nan.passed() && nan.found.nan_disagreements == 1);
        assert!(!report(Direction::Forward, &[f32::INFINITY, 0.0]).passed());
    }

    #[test]
    fn only_what_no_number_holds_is_excepted() {
        let product = |factor: f64, y: f64| Product {
            exact: crate::reference::gated::Exact {
                value: factor * y,
                largest_term: 0.0,
            },
            factor,
            y,
        };
        let error = |product: Product, actual| error(Dtype::F32, &product, actual);
        assert_eq!(error(product(1e20, 1e-39), 0.0), 0.0);
        assert!(error(product(1e20, 1e-39), 1.0) > 1e6);
        assert!(error(product(1e20, 1e-37), 0.0) > 1e6);
        assert_eq!(error(product(1e-20, 1e39), f32::INFINITY), 0.0);
        assert!(error(product(1e-20, 1e38), f32::INFINITY) > 1e6);
        assert!(error(product(1e-20, 1e39), f32::NAN).is_nan());
    }
}
