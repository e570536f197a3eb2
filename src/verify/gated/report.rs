use std::fmt;

use super::{GatedSample, Product};
use crate::activation::GatedActivation;
use crate::dtype::Dtype;
use crate::verify::report::write_worst;
use crate::verify::tally::is_worse;
use crate::verify::{Direction, ulp_error};

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
    /// How many results were judged.
    pub elements: u64,
    /// The largest error in ULP, infinite where a result is infinite and should not be, or the other way
    /// round, and NaN where one of two results is.
    ///
    /// What [`GatedActivation`] excepts is no error: where f(b) or f′(b) is less than a normal number and
    /// taken for 0, or beyond f32 and taken for infinite.
    pub max_ulp: f64,
    /// Where it is; nowhere if every result is exact.
    pub worst: Option<WorstGate>,
    /// How many results are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// The bound in ULP.
    pub bound: f64,
}

/// The result with the largest error.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct WorstGate {
    /// Which it is: `output`, `grad_a` or `grad_b`.
    pub result: &'static str,
    /// What is scaled.
    pub a: f32,
    /// What f is applied to.
    pub b: f32,
    /// The gradient of the output, backward.
    pub grad_output: f32,
    /// The reference's result.
    pub expected: f64,
    /// The kernel's result.
    pub actual: f32,
}

impl GatedReport {
    pub(crate) fn new(gated: &GatedActivation, direction: Direction, dtype: Dtype) -> Self {
        Self {
            gated: gated.clone(),
            direction,
            dtype,
            elements: 0,
            max_ulp: 0.0,
            worst: None,
            nan_disagreements: 0,
            bound: match dtype {
                Dtype::F32 => gated.bound(),
                _ => 1.0,
            },
        }
    }

    /// Within the bound, and NaN where it belongs.
    pub fn passed(&self) -> bool {
        self.max_ulp <= self.bound
    }

    /// Judges a sample's results, backward those for all a and then those for all b.
    pub(crate) fn judge(&mut self, sample: &GatedSample, exact: &[Product], results: &[f32]) {
        self.elements += results.len() as u64;
        for (index, (product, &actual)) in exact.iter().zip(results).enumerate() {
            let error = error(self.dtype, product, actual);
            self.nan_disagreements += u64::from(error.is_nan());
            if !is_worse(error, self.max_ulp) {
                continue;
            }
            let pair = index % sample.a.len();
            self.max_ulp = error;
            self.worst = Some(WorstGate {
                result: match self.direction {
                    Direction::Forward => "output",
                    Direction::Backward if index == pair => "grad_a",
                    Direction::Backward => "grad_b",
                },
                a: sample.a[pair],
                b: sample.b[pair],
                grad_output: sample.grad_output[pair],
                expected: product.exact.value,
                actual,
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
            "{} {} {}: {:.2} ULP over {} results (bound {})",
            self.gated.name(),
            self.direction,
            self.dtype,
            self.max_ulp,
            self.elements,
            self.bound
        )?;
        let worst = self.worst.as_ref();
        let worst = worst.map(|worst| (worst.to_string(), worst.expected, worst.actual));
        write_worst(f, worst, self.nan_disagreements)
    }
}

impl fmt::Display for WorstGate {
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
        assert!(forward.passed() && forward.max_ulp == 0.0 && forward.elements == 2);
        let backward = report(Direction::Backward, &[15.0, 5.0, 10.0, 0.0]);
        assert!(backward.passed() && backward.max_ulp == 0.0, "{backward}");
    }

    #[test]
    fn the_worst_result_is_named() {
        let report = report(Direction::Backward, &[15.0, 5.0, 10.1, 0.0]);
        assert!(!report.passed());
        let worst = report.worst.unwrap();
        assert_eq!((worst.expected, worst.actual), (10.0, 10.1));
        assert_eq!(
            worst.to_string(),
            "grad_b for a 2e0, b 3e0, grad_output 5e0"
        );
    }

    #[test]
    fn nan_and_infinity_do_not_pass() {
        let nan = report(Direction::Forward, &[6.0, f32::NAN]);
        assert!(!nan.passed() && nan.nan_disagreements == 1);
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
