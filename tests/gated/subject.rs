use wgpu_activations::reference::gated::{self as exact, Exact};
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{Dtype, Gate, GatedActivation, Halves, Prepared};

use super::common::guarded::{Guarded, value};
use super::common::run;
use super::common::subject::Subject;

/// A tensor's type, and its offset in elements.
pub(crate) type Tensor = (Dtype, usize);

/// What goes in: values, gates and gradients of the output.
pub(crate) struct Inputs<'a> {
    pub(crate) a: &'a [f32],
    pub(crate) b: &'a [f32],
    pub(crate) grad_output: &'a [f32],
}

impl Subject {
    pub(crate) fn tensor(&self, values: &[f32], (dtype, offset): Tensor) -> Guarded {
        Guarded::new(&self.device, dtype, values, offset)
    }

    pub(crate) fn run(&self, prepared: &Prepared) {
        run(&self.device, &self.queue, |encoder| {
            prepared.encode(encoder)
        });
    }

    pub(crate) fn read(&self, tensor: &Guarded) -> Vec<f32> {
        let dtype = tensor.view.dtype();
        let bits = tensor.elements(&self.device, &self.queue).into_iter();
        bits.map(|bits| value(dtype, bits)).collect()
    }

    /// Runs every operation on views, and checks every result; `tensors` are those of a, b, grad_output,
    /// output or grad_a, and grad_b. The largest errors of results in f32, forward and backward.
    pub(crate) fn check_views(
        &self,
        gated: &GatedActivation,
        inputs: &Inputs<'_>,
        tensors: [Tensor; 5],
    ) -> [f64; 2] {
        let [a_at, b_at, grad_at, first_at, second_at] = tensors;
        let len = inputs.a.len();
        let a = self.tensor(inputs.a, a_at);
        let b = self.tensor(inputs.b, b_at);
        let grad = self.tensor(inputs.grad_output, grad_at);
        let inputs = [self.read(&a), self.read(&b), self.read(&grad)];
        let kernels = &self.kernels;
        let mut worst = [0.0; 2];

        let output = self.tensor(&vec![7.0; len], first_at);
        let forward = kernels.forward_gated(gated, &a.view, &b.view, &output.view);
        self.run(&forward.expect("prepared"));
        worst[0] = check_forward(gated, &inputs, &self.read(&output), first_at.0);
        let grads = [first_at, second_at].map(|at| self.tensor(&vec![7.0; len], at));
        let [grad_a, grad_b] = &grads;
        let backward = kernels.backward_gated(
            gated,
            &a.view,
            &b.view,
            &grad.view,
            &grad_a.view,
            &grad_b.view,
        );
        self.run(&backward.expect("prepared"));
        let results = grads.each_ref().map(|grad| self.read(grad));
        worst[1] = check_backward(gated, &inputs, &results, [first_at.0, second_at.0]);

        let again = self.tensor(&inputs[0], a_at);
        let in_place = kernels.forward_gated_in_place(gated, &again.view, &b.view);
        self.run(&in_place.expect("prepared"));
        check_forward(gated, &inputs, &self.read(&again), a_at.0);
        let in_place = kernels.backward_gated_in_place(gated, &a.view, &b.view, &grad.view);
        self.run(&in_place.expect("prepared"));
        let results = [self.read(&a), self.read(&b)];
        check_backward(gated, &inputs, &results, [a_at.0, b_at.0]);
        worst
    }

    /// Runs every operation on the halves of a tensor of that shape, and checks every result; `tensors` are
    /// those of input, grad_output, output and grad_input.
    pub(crate) fn check_halves(
        &self,
        gated: &GatedActivation,
        (shape, axis, gate): (&[u64], i64, Gate),
        inputs: &Inputs<'_>,
        tensors: [Tensor; 4],
    ) {
        let halves = Halves::along(shape, axis, gate).expect("an even axis");
        let order = order(shape, axis, gate);
        let [input_at, grad_at, output_at, target_at] = tensors;
        let joined = join(&order, [inputs.a, inputs.b]);
        let input = self.tensor(&joined, input_at);
        let grad = self.tensor(&inputs.grad_output[..order.len()], grad_at);
        let [a, b] = part(&order, &self.read(&input));
        let inputs = [a, b, self.read(&grad)];
        let kernels = &self.kernels;

        let output = self.tensor(&vec![7.0; order.len()], output_at);
        let forward = kernels.forward_gated_halves(gated, &halves, &input.view, &output.view);
        self.run(&forward.expect("prepared"));
        check_forward(gated, &inputs, &self.read(&output), output_at.0);
        let target = self.tensor(&vec![7.0; joined.len()], target_at);
        let backward =
            kernels.backward_gated_halves(gated, &halves, &input.view, &grad.view, &target.view);
        self.run(&backward.expect("prepared"));
        let results = part(&order, &self.read(&target));
        check_backward(gated, &inputs, &results, [target_at.0; 2]);
        let in_place =
            kernels.backward_gated_halves_in_place(gated, &halves, &input.view, &grad.view);
        self.run(&in_place.expect("prepared"));
        let results = part(&order, &self.read(&input));
        check_backward(gated, &inputs, &results, [input_at.0; 2]);
    }
}

/// Where the value and the gate of each element of the result stand in a tensor of that shape.
pub(crate) fn order(shape: &[u64], axis: i64, gate: Gate) -> Vec<[usize; 2]> {
    let axis = axis.rem_euclid(shape.len() as i64) as usize;
    let half = shape[axis] as usize / 2;
    let inner: usize = shape[axis + 1..].iter().product::<u64>() as usize;
    let outer: usize = shape[..axis].iter().product::<u64>() as usize;
    let mut order = Vec::new();
    for block in 0..outer {
        for index in 0..half {
            for beside in 0..inner {
                let first = (block * 2 * half + index) * inner + beside;
                let second = (block * 2 * half + half + index) * inner + beside;
                order.push(match gate {
                    Gate::First => [second, first],
                    Gate::Second => [first, second],
                });
            }
        }
    }
    order
}

pub(crate) fn join(order: &[[usize; 2]], [a, b]: [&[f32]; 2]) -> Vec<f32> {
    let mut joined = vec![0.0; 2 * order.len()];
    for (index, &[a_at, b_at]) in order.iter().enumerate() {
        (joined[a_at], joined[b_at]) = (a[index], b[index]);
    }
    joined
}

pub(crate) fn part(order: &[[usize; 2]], joined: &[f32]) -> [Vec<f32>; 2] {
    [0, 1].map(|which| order.iter().map(|at| joined[at[which]]).collect())
}

/// The largest error in f32.
pub(crate) fn check_forward(
    gated: &GatedActivation,
    [a, b, _]: &[Vec<f32>; 3],
    results: &[f32],
    dtype: Dtype,
) -> f64 {
    assert_eq!(results.len(), a.len());
    let mut worst = 0.0_f64;
    for ((&a, &b), &result) in a.iter().zip(b).zip(results) {
        let exact = exact::forward(gated, a.into(), b.into()).expect("a reference");
        let what = || format!("{} of {a:e}, {b:e}", gated.name());
        worst = worst.max(judge(
            gated,
            what,
            dtype,
            result,
            exact,
            (a.into(), f(gated, b)),
        ));
    }
    worst
}

pub(crate) fn check_backward(
    gated: &GatedActivation,
    [a, b, grad_output]: &[Vec<f32>; 3],
    results: &[Vec<f32>; 2],
    dtypes: [Dtype; 2],
) -> f64 {
    assert_eq!([results[0].len(), results[1].len()], [a.len(); 2]);
    let mut worst = 0.0_f64;
    for (index, (&a, (&b, &grad))) in a.iter().zip(b.iter().zip(grad_output)).enumerate() {
        let gradients = exact::backward(gated, a.into(), b.into(), grad.into());
        let gradients = gradients.expect("a reference");
        let grad_64 = f64::from(grad);
        let cases = [
            ("grad_a", gradients.grad_a, (grad_64, f(gated, b))),
            (
                "grad_b",
                gradients.grad_b,
                (grad_64 * f64::from(a), slope(gated, b)),
            ),
        ];
        for (which, (name, exact, factors)) in cases.into_iter().enumerate() {
            let what = || format!("{name} of {} of {a:e}, {b:e} for {grad:e}", gated.name());
            let result = results[which][index];
            worst = worst.max(judge(gated, what, dtypes[which], result, exact, factors));
        }
    }
    worst
}

fn f(gated: &GatedActivation, b: f32) -> f64 {
    let activation = gated.activation();
    let reference = activation.reference().expect("a reference");
    reference.forward_at(b.into(), &activation.values_f64())
}

fn slope(gated: &GatedActivation, b: f32) -> f64 {
    let activation = gated.activation();
    let reference = activation.reference().expect("a reference");
    reference.derivative_at(b.into(), &activation.values_f64())
}

/// Holds a result, the product of `factor` and `y`, to the bound; its error in ULP where it is f32.
fn judge(
    gated: &GatedActivation,
    what: impl Fn() -> String,
    dtype: Dtype,
    result: f32,
    exact: Exact,
    (factor, y): (f64, f64),
) -> f64 {
    let error = ulp_error(dtype, result, exact.value, exact.largest_term);
    let bound = if dtype == Dtype::F32 {
        gated.bound()
    } else {
        1.0
    };
    let least = f64::from(f32::MIN_POSITIVE);
    let is_overflow = y.is_finite() && y.abs() > f32::MAX.into() && factor != 0.0;
    // What the documentation excepts: f(b) is no normal number.
    if y != 0.0 && y.abs() < least {
        let lost = (f64::from(result) - exact.value).abs();
        assert!(
            error <= bound || lost <= factor.abs() * least || factor.is_infinite(),
            "{}: {result:e} instead of {:e}",
            what(),
            exact.value
        );
        return 0.0;
    }
    assert!(
        error <= bound || is_overflow && result.is_infinite(),
        "{}: {result:e} instead of {:e}, {error} ULP",
        what(),
        exact.value
    );
    if dtype == Dtype::F32 && !is_overflow {
        error
    } else {
        0.0
    }
}
