//! Gated units: on which values they are tried, and how their results are judged.

mod report;

pub use report::{GatePlace, GatedReport};

use super::inputs::SplitMix;
use super::ulp::rounded;
use super::{Samples, VerifyError};
use crate::activation::GatedActivation;
use crate::dtype::Dtype;
use crate::reference::gated::{self as exact, Exact};

/// Values, gates and gradients of the output to try a gated unit on.
#[derive(Clone, Debug)]
pub struct GatedSample {
    pub(crate) a: Vec<f32>,
    pub(crate) b: Vec<f32>,
    pub(crate) grad_output: Vec<f32>,
}

/// An exact result, and the two factors whose product it is.
#[derive(Clone, Copy)]
pub(crate) struct Product {
    pub(crate) exact: Exact,
    pub(crate) factor: f64,
    /// f(b) or f′(b).
    pub(crate) y: f64,
}

/// What meets each other, whichever is the value, the gate and the gradient.
const SPECIAL: [f32; 12] = [
    0.0,
    -0.0,
    1.0,
    -2.5,
    1e-30,
    -1e30,
    f32::MIN_POSITIVE,
    f32::MAX,
    -f32::MAX,
    f32::INFINITY,
    f32::NEG_INFINITY,
    f32::NAN,
];

/// Gates over the whole range and of the magnitudes that networks see.
const GATES: Samples = Samples {
    spaced: 1 << 13,
    random: 1 << 13,
    seed: 7,
};

impl GatedSample {
    /// Special values in every combination, and the edge cases of the unit's activation, evenly spaced and
    /// random gates with random values and gradients.
    pub fn new(gated: &GatedActivation) -> Self {
        let mut sample = Self {
            a: Vec::new(),
            b: Vec::new(),
            grad_output: Vec::new(),
        };
        for a in SPECIAL {
            for b in SPECIAL {
                for grad_output in SPECIAL {
                    sample.push(a, b, grad_output);
                }
            }
        }
        let mut random = SplitMix(GATES.seed);
        for b in GATES.inputs(gated.activation()) {
            let [a, grad_output] = [number(&mut random), number(&mut random)];
            sample.push(a, b, grad_output);
        }
        sample
    }

    fn push(&mut self, a: f32, b: f32, grad_output: f32) {
        self.a.push(a);
        self.b.push(b);
        self.grad_output.push(grad_output);
    }

    /// The same sample in a type, without numbers that an adapter may read as zero.
    pub(crate) fn rounded(&self, dtype: Dtype) -> Self {
        Self {
            a: rounded(dtype, &self.a),
            b: rounded(dtype, &self.b),
            grad_output: rounded(dtype, &self.grad_output),
        }
    }

    /// The exact results of the forward pass.
    pub(crate) fn forward(&self, gated: &GatedActivation) -> Result<Vec<Product>, VerifyError> {
        self.products(gated, |(a, b, _)| {
            Some([product(gated, exact::forward(gated, a, b)?, a, b, false)])
        })
        .map(|products| products.into_iter().flatten().collect())
    }

    /// The exact gradients of all a, then those of all b.
    pub(crate) fn backward(&self, gated: &GatedActivation) -> Result<Vec<Product>, VerifyError> {
        let pairs = self.products(gated, |(a, b, grad)| {
            let gradients = exact::backward(gated, a, b, grad)?;
            Some([
                product(gated, gradients.grad_a, grad, b, false),
                product(gated, gradients.grad_b, grad * a, b, true),
            ])
        })?;
        let (grad_a, grad_b): (Vec<_>, Vec<_>) = pairs.into_iter().map(|[a, b]| (a, b)).unzip();
        Ok([grad_a, grad_b].concat())
    }

    fn products<const N: usize>(
        &self,
        gated: &GatedActivation,
        of: impl Fn((f64, f64, f64)) -> Option<[Product; N]>,
    ) -> Result<Vec<[Product; N]>, VerifyError> {
        let triples = self.a.iter().zip(&self.b).zip(&self.grad_output);
        let triples = triples.map(|((&a, &b), &grad)| (a.into(), b.into(), grad.into()));
        let products: Option<Vec<_>> = triples.map(of).collect();
        products.ok_or_else(|| VerifyError::no_reference(gated.activation()))
    }
}

fn product(gated: &GatedActivation, exact: Exact, factor: f64, b: f64, is_slope: bool) -> Product {
    let activation = gated.activation();
    let p = activation.values_f64();
    let y = activation.reference().map_or(f64::NAN, |f| match is_slope {
        false => f.forward_at(b, &p),
        true => f.derivative_at(b, &p),
    });
    Product { exact, factor, y }
}

/// One in four from 1e-18 to 1e18, else of the magnitudes that networks see.
fn number(random: &mut SplitMix) -> f32 {
    let mut unit = || random.next() as i64 as f64 / i64::MAX as f64;
    let (kind, size, sign) = (unit(), unit(), unit());
    let magnitude = match kind > 0.5 {
        true => 10.0_f64.powf(18.0 * size),
        false => 8.0 * size.abs(),
    };
    magnitude.copysign(sign) as f32
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;

    #[test]
    fn samples_are_of_one_length_and_of_their_type() {
        let swiglu = GatedActivation::swiglu();
        let sample = GatedSample::new(&swiglu).rounded(Dtype::F16);
        let len = sample.b.len();
        assert_eq!([sample.a.len(), sample.grad_output.len()], [len; 2]);
        assert!(len > SPECIAL.len().pow(3) + GATES.spaced + GATES.random);
        assert!(sample.a.contains(&f32::INFINITY) && !sample.a.contains(&f32::MAX));
        assert_eq!(sample.forward(&swiglu).unwrap().len(), len);
        assert_eq!(sample.backward(&swiglu).unwrap().len(), 2 * len);
    }

    #[test]
    fn factors_are_those_of_the_product() {
        let sample = GatedSample {
            a: vec![2.0],
            b: vec![3.0],
            grad_output: vec![5.0],
        };
        let square = GatedActivation::new(Activation::squared_relu());
        let factors = |products: Vec<Product>| -> Vec<_> {
            let factors = products.iter().map(|p| (p.factor, p.y, p.exact.value));
            factors.collect()
        };
        assert_eq!(
            factors(sample.forward(&square).unwrap()),
            [(2.0, 9.0, 18.0)]
        );
        assert_eq!(
            factors(sample.backward(&square).unwrap()),
            [(5.0, 9.0, 45.0), (10.0, 6.0, 60.0)]
        );
    }
}
