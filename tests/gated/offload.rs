//! Gated units through a device that the library owns.

use half::{bf16, f16};
use wgpu_activations::{
    Dtype, Element, Gate, GatedActivation, Halves, Input, Job, Offload, OffloadError, Output,
};

use super::common::gpu;
use super::numbers;
use super::subject::{check_backward, check_forward, join, order, part};

fn widened<T: Copy + Into<f64>>(elements: &[T]) -> Vec<f32> {
    // Every type under test fits into f32.
    elements.iter().map(|&x| x.into() as f32).collect()
}

fn narrowed<T>(elements: &[f32], narrow: fn(f32) -> T) -> Vec<T> {
    elements.iter().map(|&x| narrow(x)).collect()
}

/// How a number becomes an element.
type Narrow<T> = fn(f32) -> T;

/// Runs both directions through slices of these types, and checks every result.
fn check<T, U, V>(
    gpu: &Offload,
    gated: &GatedActivation,
    (shape, axis, gate): (&[u64], i64, Gate),
    (input, gradient): (Narrow<T>, Narrow<U>),
) where
    T: Element + Into<f64>,
    U: Element + Into<f64>,
    V: Element + Into<f64>,
{
    let halves = Halves::along(shape, axis, gate).expect("an even axis");
    let order = order(shape, axis, gate);
    let [a, b, grad] = [1, 2, 3].map(|seed| numbers(seed, order.len()));
    let joined = narrowed(&join(&order, [&a, &b]), input);
    let grad = narrowed(&grad, gradient);
    // Of long tensors a part, in which a piece in the wrong place would show.
    let stride = if order.len() > 100_000 { 97 } else { 1 };
    let kept = |values: Vec<f32>| values.into_iter().step_by(stride).collect::<Vec<_>>();
    let [a, b] = part(&order, &widened(&joined)).map(kept);
    let inputs = [a, b, kept(widened(&grad))];

    let mut output = vec![V::zeroed(); order.len()];
    gpu.forward_gated_into(gated, &halves, &joined, &mut output)
        .expect("forward");
    check_forward(gated, &inputs, &kept(widened(&output)), V::DTYPE);
    let mut grads = vec![V::zeroed(); joined.len()];
    gpu.backward_gated_into(gated, &halves, &joined, &grad, &mut grads)
        .expect("backward");
    let grads = part(&order, &widened(&grads)).map(kept);
    check_backward(gated, &inputs, &grads, [V::DTYPE; 2]);
}

/// No elements, one pair, several chunks, and halves that are longer than a chunk.
#[test]
fn any_shape_goes_through() {
    let gpu = gpu();
    let same: fn(f32) -> f32 = |x| x;
    let (swiglu, reglu) = (GatedActivation::swiglu(), GatedActivation::reglu());
    for (gated, shape, axis, gate) in [
        (&swiglu, &[0, 6][..], 1, Gate::First),
        (&swiglu, &[3, 0], 1, Gate::First),
        (&swiglu, &[2], 0, Gate::Second),
        (&swiglu, &[3, 6, 5], 1, Gate::First),
        (&reglu, &[4200, 1002], -1, Gate::Second),
        (&reglu, &[2, 4_300_002], -1, Gate::First),
        (&reglu, &[3, 2, 2_200_001], 1, Gate::Second),
        (&swiglu, &[2, 2_200_001], 0, Gate::First),
        (&swiglu, &[4_400_002], 0, Gate::Second),
    ] {
        check::<f32, f32, f32>(gpu, gated, (shape, axis, gate), (same, same));
    }
}

#[test]
fn any_types_go_through() {
    let (gpu, gated) = (gpu(), GatedActivation::glu());
    let same: fn(f32) -> f32 = |x| x;
    let (half, brain) = (f16::from_f32 as fn(f32) -> f16, bf16::from_f32 as _);
    for shape in [&[7, 34][..], &[2, 2_100_002]] {
        let layout = (shape, 1, Gate::First);
        // In place on the device, with a tensor for the result, and of three types.
        check::<bf16, bf16, bf16>(gpu, &gated, layout, (brain, brain));
        check::<f32, f32, f16>(gpu, &gated, layout, (same, same));
        check::<f16, bf16, f32>(gpu, &gated, layout, (half, brain));
    }
}

/// Runs both directions on two tensors, through slices of these types.
fn check_pair<T, U, V>(
    gpu: &Offload,
    gated: &GatedActivation,
    len: usize,
    (value, gate): (Narrow<T>, Narrow<U>),
) where
    T: Element + Into<f64>,
    U: Element + Into<f64>,
    V: Element + Into<f64>,
{
    let [a, b, grad] = [1, 2, 3].map(|seed| numbers(seed, len));
    let (a, b) = (narrowed(&a, value), narrowed(&b, gate));
    let stride = if len > 100_000 { 97 } else { 1 };
    let kept = |values: Vec<f32>| values.into_iter().step_by(stride).collect::<Vec<_>>();
    let inputs = [widened(&a), widened(&b), grad.clone()].map(kept);
    let [mut output, mut grad_a, mut grad_b] = [0; 3].map(|_| vec![V::zeroed(); len]);
    let elements = len as u64;
    gpu.run(Job::forward_gated_pair(
        gated,
        [Input::slice(&a), Input::slice(&b)],
        Output::slice(&mut output),
        elements,
    ))
    .expect("forward");
    check_forward(gated, &inputs, &kept(widened(&output)), V::DTYPE);
    let grads = [Output::slice(&mut grad_a), Output::slice(&mut grad_b)];
    let sources = [Input::slice(&a), Input::slice(&b)];
    let job = Job::backward_gated_pair(gated, sources, Input::slice(&grad), grads, elements);
    gpu.run(job).expect("backward");
    let grads = [&grad_a, &grad_b].map(|grad| kept(widened(grad)));
    check_backward(gated, &inputs, &grads, [V::DTYPE; 2]);
}

/// No elements, an odd number of 16 bits, several chunks.
#[test]
fn two_tensors_go_through() {
    let gpu = gpu();
    let same: fn(f32) -> f32 = |x| x;
    let (half, brain) = (f16::from_f32 as fn(f32) -> f16, bf16::from_f32 as _);
    let (swiglu, reglu) = (GatedActivation::swiglu(), GatedActivation::reglu());
    for len in [0, 1, 7, 1000] {
        check_pair::<f32, f32, f32>(gpu, &swiglu, len, (same, same));
        check_pair::<f16, bf16, f16>(gpu, &swiglu, len, (half, brain));
    }
    check_pair::<f32, f32, f32>(gpu, &reglu, 4_300_001, (same, same));
    check_pair::<f32, f16, bf16>(gpu, &reglu, 4_300_001, (same, half));
}

#[test]
fn two_tensors_have_one_length_and_their_gradients_one_type() {
    let (gpu, glu) = (gpu(), GatedActivation::glu());
    let text = |error: OffloadError| error.to_string();
    let error = text(
        gpu.forward_gated_pair(&glu, &[1.0; 3], &[1.0; 4])
            .unwrap_err(),
    );
    assert_eq!(
        error,
        "the gate has 4 elements, but the job has 3; give as many"
    );
    let error = gpu.backward_gated_pair(&glu, &[1.0; 3], &[1.0; 3], &[1.0; 2]);
    let error = text(error.unwrap_err());
    assert!(
        error.contains("the gradient of the output has 2"),
        "{error}"
    );
    fn x<'a>() -> Input<'a> {
        Input::slice(&[1.0_f32; 3])
    }
    let (mut single, mut half) = ([0.0_f32; 3], [f16::ZERO; 3]);
    let (mut short, mut long) = ([0.0_f32; 2], [0.0_f32; 3]);
    let grads = [Output::slice(&mut single), Output::slice(&mut half)];
    let job = Job::backward_gated_pair(&glu, [x(), x()], x(), grads, 3);
    let error = text(gpu.run(job).unwrap_err());
    assert!(error.contains("of f32 and of f16"), "{error}");
    let grads = [Output::slice(&mut single), Output::slice(&mut long)];
    let job = Job::backward_gated_pair(&glu, [x(), x()], x(), grads, u64::MAX);
    let error = text(gpu.run(job).unwrap_err());
    assert!(
        error.contains("the value has 3 elements, but the job has 18446744073709551615"),
        "{error}"
    );
    let grads = [Output::slice(&mut single), Output::slice(&mut short)];
    let job = Job::backward_gated_pair(&glu, [x(), x()], x(), grads, 3);
    let error = text(gpu.run(job).unwrap_err());
    assert!(
        error.contains("the output has 2 elements, but the job has 3"),
        "{error}"
    );
}

#[test]
fn lengths_are_those_of_the_halves() {
    let gpu = gpu();
    let glu = GatedActivation::glu();
    let halves = Halves::along(&[2, 4], -1, Gate::Second).expect("an even axis");
    let text = |error: OffloadError| error.to_string();
    let error = text(gpu.forward_gated(&glu, &halves, &[1.0; 6]).unwrap_err());
    assert_eq!(
        error,
        "the input has 6 elements, but the job has 8; give as many"
    );
    let mut long = [0.0; 8];
    let error = gpu.forward_gated_into(&glu, &halves, &[1.0; 8], &mut long);
    let error = text(error.unwrap_err());
    assert!(
        error.contains("the output has 8 elements, but the job has 4"),
        "{error}"
    );
    let error = gpu.backward_gated(&glu, &halves, &[1.0; 8], &[1.0; 8]);
    let error = text(error.unwrap_err());
    assert!(
        error.contains("the gradient of the output has 8 elements, but the job has 4"),
        "{error}"
    );
    // Nor does a length overflow in bytes.
    let vast = Halves::along(&[1 << 62, 2], 0, Gate::First).expect("an even axis");
    let error = text(gpu.forward_gated(&glu, &vast, &[1.0; 8]).unwrap_err());
    assert!(
        error.contains("the input has 8 elements, but the job has 9223372036854775808"),
        "{error}"
    );
    // No device has buffers for one pair of halves.
    let far = Halves::along(&[3, 1 << 40], 1, Gate::First).expect("an even axis");
    let (mut zeros, mut sink) = (std::io::repeat(0), std::io::sink());
    let input = Input::reader(Dtype::F32, &mut zeros);
    let output = Output::writer(Dtype::F32, &mut sink);
    let error = text(
        gpu.run(Job::forward_gated(&glu, &far, input, output))
            .unwrap_err(),
    );
    assert!(error.starts_with("1099511627776 elements"), "{error}");
}
