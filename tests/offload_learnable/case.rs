//! An activation with tensors, and what its results have to be.

use wgpu_activations::verify::{round_to, ulp_error, ulp_size};
use wgpu_activations::{Activation, Dtype, Element, LearnableActivation, Rows};

/// An activation with its tensors, and what it is tried on.
pub(crate) struct Case {
    pub(crate) learnable: LearnableActivation,
    pub(crate) inputs: Vec<f32>,
    pub(crate) grad_outputs: Vec<f32>,
}

impl Case {
    /// Numbers of 11 bits, so that the products of a piecewise linear activation are exact in f32; of the
    /// gradients a third cancels others.
    pub(crate) fn new(learnable: LearnableActivation) -> Self {
        let count = learnable.channels().elements() as usize;
        let coarse = |index: usize, seed: usize| {
            (1.0 + ((index * 7919 + seed) % 1021) as f32 / 1024.0)
                * if index.is_multiple_of(3) { -1.0 } else { 1.0 }
        };
        Self {
            learnable,
            inputs: (0..count).map(|index| -coarse(index / 2, 3)).collect(),
            grad_outputs: (0..count).map(|index| coarse(index, 511)).collect(),
        }
    }

    /// The channel of an element.
    fn channel(&self, element: usize) -> usize {
        let channels = self.learnable.channels();
        element / channels.inner() as usize % channels.len() as usize
    }

    /// The hyper-parameters of each channel.
    fn parameters(&self) -> Vec<Vec<f64>> {
        let activation = self.learnable.activation();
        let of = |channel: usize| {
            let names = activation.parameters().iter().map(|known| known.name);
            names.map(move |name| match self.learnable.values(name) {
                Some([value]) => f64::from(*value),
                Some(values) => values[channel].into(),
                None => activation.value(name).expect("known").into(),
            })
        };
        let channels = 0..self.learnable.channels().len() as usize;
        channels.map(|channel| of(channel).collect()).collect()
    }

    /// Results and gradients of the input, which are of types of their own.
    pub(crate) fn check_elements<T: Element + Into<f64>, U: Element + Into<f64>>(
        &self,
        outputs: &[T],
        grad_inputs: &[U],
    ) {
        let activation = self.learnable.activation();
        let reference = activation.reference().expect("the catalogue has them");
        let parameters = self.parameters();
        for element in 0..self.inputs.len() {
            let p = &parameters[self.channel(element)];
            let (x, g) = (
                f64::from(self.inputs[element]),
                f64::from(self.grad_outputs[element]),
            );
            let term = |term: Option<fn(f64, &[f64]) -> f64>| term.map_or(0.0, |term| term(x, p));
            let y = reference.forward_at(x, p);
            let bound = activation.bound();
            assert_near(
                outputs[element],
                y,
                term(reference.forward_largest_term),
                bound,
            );
            let slope = g * reference.derivative_at(x, p);
            let slope_term = g.abs() * term(reference.derivative_largest_term);
            // The product is rounded too.
            assert_near(grad_inputs[element], slope, slope_term, bound + 1.0);
        }
    }

    /// The gradients of hyper-parameters, where each derivative may be off by so much of itself.
    pub(crate) fn check_gradients<T: Element + Into<f64>>(
        &self,
        gradients: &[(&str, Vec<T>)],
        share: f64,
    ) {
        let activation = self.learnable.activation();
        let reference = activation.reference().expect("the catalogue has them");
        let parameters = self.parameters();
        for (name, gradient) in gradients {
            let mut known = activation.parameters().iter();
            let index = known.position(|known| known.name == *name).expect("known");
            let mut sums = vec![(0.0, 0.0); gradient.len()];
            for (element, (&x, &g)) in self.inputs.iter().zip(&self.grad_outputs).enumerate() {
                let channel = self.channel(element);
                let (p, at) = (&parameters[channel], channel % gradient.len());
                let (x, g) = (f64::from(x), f64::from(g));
                let slope = reference
                    .parameter_derivative_at(index, x, p)
                    .expect("known");
                let terms = reference.parameter_largest_terms.get(index);
                let term = terms.map_or(0.0, |term| term(x, p));
                sums[at].0 += slope * g;
                sums[at].1 += (slope.abs().max(term) * g).abs();
            }
            for (at, (&actual, (sum, size))) in gradient.iter().zip(sums).enumerate() {
                let actual: f64 = actual.into();
                let allowed = share * size + 0.51 * ulp_size(T::DTYPE, sum);
                assert!(
                    (actual - sum).abs() <= allowed || actual == round_to(T::DTYPE, sum),
                    "{} by {name}[{at}]: {actual:e} instead of {sum:e} ± {allowed:e}",
                    activation.name()
                );
            }
        }
    }
}

fn assert_near<T: Element + Into<f64>>(actual: T, expected: f64, term: f64, bound: f64) {
    let actual: f64 = actual.into();
    let bound = if T::DTYPE == Dtype::F32 { bound } else { 1.0 };
    let error = ulp_error(T::DTYPE, actual as f32, expected, term);
    assert!(
        error <= bound,
        "{actual:e} instead of {expected:e}, {error} ULP"
    );
}

pub(crate) fn learnable(activation: &Activation, shape: &[u64], axis: i64) -> LearnableActivation {
    LearnableActivation::new(activation, &Rows::along(shape, axis).expect("a shape"))
}

/// Values near the activation's own, one for each channel or one for all.
pub(crate) fn near(learnable: LearnableActivation, name: &str, count: u64) -> LearnableActivation {
    let own = learnable
        .activation()
        .value(name)
        .expect("a hyper-parameter");
    let values = (0..count).map(|index| own + (index % 5) as f32 / 16.0);
    let values: Vec<f32> = values.collect();
    learnable.with(name, &values).expect("a tensor")
}
