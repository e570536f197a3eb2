//! Runs an activation whose hyper-parameters are tensors, and holds all results against the f64 reference.

use wgpu_activations::verify::{round_to, ulp_error, ulp_size};
use wgpu_activations::{Activation, Dtype, Learnable, Rows, TensorView};

use super::common::guarded::{Guarded, rounded, value};
use super::common::run;
use super::common::subject::Subject;

impl Subject {
    /// The elements of a tensor; what lies around them must be untouched.
    pub(crate) fn read(&self, tensor: &Guarded) -> Vec<f32> {
        let bits = tensor.elements(&self.device, &self.queue);
        let dtype = tensor.view.dtype();
        bits.into_iter().map(|bits| value(dtype, bits)).collect()
    }
}

/// A tensor's type, and its offset in elements.
pub(crate) type Place = (Dtype, usize);

fn guarded(gpu: &Subject, (dtype, offset): Place, values: &[f32]) -> Guarded {
    Guarded::new(&gpu.device, dtype, values, offset)
}

/// What is computed.
pub(crate) struct Case<'a> {
    pub(crate) activation: &'a Activation,
    pub(crate) channels: Rows,
    /// Of each hyper-parameter its values, if it is a tensor: one, or one for each channel.
    pub(crate) tensors: Vec<Option<Vec<f32>>>,
    pub(crate) inputs: &'a [f32],
    pub(crate) grad_outputs: &'a [f32],
    /// Of input, grad_output, results, and the tensors of hyper-parameters with their gradients.
    pub(crate) places: [Place; 4],
}

/// Hyper-parameters in tensors, with tensors for their gradients.
struct Tensors {
    learnable: Learnable,
    gradients: Vec<(&'static str, Guarded)>,
}

impl Tensors {
    fn views(&self) -> Vec<(&str, &TensorView)> {
        let gradients = self.gradients.iter();
        gradients
            .map(|(name, gradient)| (*name, &gradient.view))
            .collect()
    }

    fn read(&self, gpu: &Subject) -> Vec<Vec<f32>> {
        let gradients = self.gradients.iter();
        gradients.map(|(_, gradient)| gpu.read(gradient)).collect()
    }
}

impl Case<'_> {
    /// Runs it forward and backward; the gradients of the hyper-parameters that are tensors.
    pub(crate) fn check(&self, gpu: &Subject) -> Vec<Vec<f32>> {
        let [input, grad_output, result, _] = self.places;
        let input = guarded(gpu, input, self.inputs);
        let grad_output = guarded(gpu, grad_output, self.grad_outputs);
        let unset = vec![7.0; self.inputs.len()];
        let (output, grad_input) = (guarded(gpu, result, &unset), guarded(gpu, result, &unset));
        let tensors = self.tensors(gpu);
        let learnable = &tensors.learnable;
        let forward = gpu
            .kernels
            .forward_learnable(learnable, &input.view, &output.view);
        let backward = gpu.kernels.backward_learnable(
            learnable,
            &input.view,
            &grad_output.view,
            &grad_input.view,
            &tensors.views(),
        );
        let (forward, backward) = (forward.expect("prepared"), backward.expect("prepared"));
        run(&gpu.device, &gpu.queue, |encoder| {
            forward.encode(encoder);
            backward.encode(encoder);
        });
        self.check_elements(&gpu.read(&output), &gpu.read(&grad_input));
        let results = tensors.read(gpu);
        self.check_gradients(&results);
        results
    }

    /// The same in place.
    pub(crate) fn check_in_place(&self, gpu: &Subject) {
        let [input, grad, result, _] = self.places;
        assert_eq!(
            [input.0, grad.0],
            [result.0; 2],
            "results are of the type of what they replace"
        );
        let input = guarded(gpu, input, self.inputs);
        let grad = guarded(gpu, grad, self.grad_outputs);
        let output = guarded(gpu, result, self.inputs);
        let tensors = self.tensors(gpu);
        let learnable = &tensors.learnable;
        let forward = gpu
            .kernels
            .forward_learnable_in_place(learnable, &output.view);
        let backward = gpu.kernels.backward_learnable_in_place(
            learnable,
            &input.view,
            &grad.view,
            &tensors.views(),
        );
        run(&gpu.device, &gpu.queue, |encoder| {
            forward.expect("prepared").encode(encoder);
            backward.expect("prepared").encode(encoder);
        });
        self.check_elements(&gpu.read(&output), &gpu.read(&grad));
        self.check_gradients(&tensors.read(gpu));
    }

    fn tensors(&self, gpu: &Subject) -> Tensors {
        let mut learnable = Learnable::new(self.activation, &self.channels);
        let mut gradients = Vec::new();
        for (parameter, values) in self.activation.parameters().iter().zip(&self.tensors) {
            if let Some(values) = values {
                let tensor = guarded(gpu, self.places[3], values);
                learnable = learnable
                    .with(parameter.name, &tensor.view)
                    .expect("a tensor");
                let unset = vec![7.0; values.len()];
                gradients.push((parameter.name, guarded(gpu, self.places[3], &unset)));
            }
        }
        Tensors {
            learnable,
            gradients,
        }
    }

    /// The hyper-parameters of an element, and its channel.
    fn parameters(&self, element: usize) -> (Vec<f64>, usize) {
        let channel = element / self.channels.inner() as usize % self.channels.len() as usize;
        let values = self.activation.values().iter().zip(&self.tensors);
        let of_channel = |(constant, tensor): (&f32, &Option<Vec<f32>>)| match tensor.as_deref() {
            None => f64::from(*constant),
            Some([one]) => rounded(self.places[3].0, *one).into(),
            Some(values) => rounded(self.places[3].0, values[channel]).into(),
        };
        (values.map(of_channel).collect(), channel)
    }

    /// An element of the input, or NaN where a hyper-parameter of its channel is.
    fn input(&self, element: usize) -> f64 {
        let (p, _) = self.parameters(element);
        let nan = p.into_iter().find(|value| value.is_nan());
        nan.unwrap_or_else(|| rounded(self.places[0].0, self.inputs[element]).into())
    }

    fn grad_output(&self, element: usize) -> f64 {
        rounded(self.places[1].0, self.grad_outputs[element]).into()
    }

    fn check_elements(&self, outputs: &[f32], grad_inputs: &[f32]) {
        let reference = self.activation.reference().expect("the catalogue has them");
        let dtype = self.places[2].0;
        // The product with grad_output is rounded too.
        let bounds = match dtype {
            Dtype::F32 => [self.activation.bound(), self.activation.bound() + 1.0],
            _ => [1.0; 2],
        };
        for element in 0..self.inputs.len() {
            let (p, channel) = self.parameters(element);
            let (x, g) = (self.input(element), self.grad_output(element));
            let term = |term: Option<fn(f64, &[f64]) -> f64>| term.map_or(0.0, |term| term(x, &p));
            let results = [
                (
                    outputs,
                    reference.forward_at(x, &p),
                    term(reference.forward_largest_term),
                ),
                (
                    grad_inputs,
                    g * reference.derivative_at(x, &p),
                    g.abs() * term(reference.derivative_largest_term),
                ),
            ];
            for ((results, exact, term), bound) in results.into_iter().zip(bounds) {
                let error = ulp_error(dtype, results[element], exact, term);
                assert!(
                    error <= bound,
                    "{}({x:e}) with {p:?}, channel {channel} of {:?}, times {g}: {:e} instead of \
                     {exact:e}, {error} ULP",
                    self.activation.name(),
                    self.channels,
                    results[element],
                );
            }
        }
    }

    fn check_gradients(&self, gradients: &[Vec<f32>]) {
        let reference = self.activation.reference().expect("the catalogue has them");
        let dtype = self.places[3].0;
        let tensors = self.tensors.iter().enumerate();
        let learnt = tensors.filter_map(|(index, tensor)| Some((index, tensor.as_ref()?)));
        for ((index, tensor), gradient) in learnt.zip(gradients) {
            let (mut sums, mut sizes) = (vec![0.0; tensor.len()], vec![0.0; tensor.len()]);
            for element in 0..self.inputs.len() {
                let (p, channel) = self.parameters(element);
                let (x, g) = (self.input(element), self.grad_output(element));
                let slope = reference
                    .parameter_derivative_at(index, x, &p)
                    .expect("known");
                let terms = reference.parameter_largest_terms.get(index);
                let term = terms.map_or(0.0, |term| term(x, &p));
                let at = if tensor.len() == 1 { 0 } else { channel };
                sums[at] += slope * g;
                sizes[at] += (slope.abs().max(term) * g).abs();
            }
            for (at, &actual) in gradient.iter().enumerate() {
                // Each derivative within 4 ULP, and its product rounded; then the sum.
                let allowed = sizes[at] * 5.0 * f64::from(f32::EPSILON)
                    + 0.51 * ulp_size(dtype, sums[at])
                    + self.inputs.len() as f64 * f64::from(f32::MIN_POSITIVE);
                assert!(
                    (f64::from(actual) - sums[at]).abs() <= allowed
                        || f64::from(actual) == round_to(dtype, sums[at])
                        || actual.is_nan() && sums[at].is_nan(),
                    "{} by {}, channel {at} of {:?}: {actual:e} instead of {:e} ± {allowed:e}",
                    self.activation.name(),
                    self.activation.parameters()[index].name,
                    self.channels,
                    sums[at]
                );
            }
        }
    }
}
