//! Activations whose hyper-parameters are tensors through a device that the library owns, held against
//! their f64 reference.

mod case;
#[path = "../common/mod.rs"]
mod common;
mod refusals;
mod verification;

use std::ops::ControlFlow;

use half::{bf16, f16};
use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, Dtype, Input, LearnableJob, OffloadError, Output, Progress};

use case::{Case, learnable, near};
use common::{gpu, ramp};

/// In one chunk, in several of whole channels, of runs and of parts of runs; with more channels than a
/// chunk has elements.
#[test]
fn any_shape_goes_through() {
    let gpu = gpu();
    for (shape, axis, slopes) in [
        (&[2, 3, 5][..], 1, 3),
        (&[2, 3, 5], 1, 1),
        (&[4_200_001], 0, 1),
        (&[400, 3, 4001], 1, 3),
        (&[2, 3, 1_000_003], 1, 3),
        (&[2, 4_200_001], 0, 2),
        (&[1, 4_200_001], 1, 4_200_001),
        (&[70_001, 61], 0, 70_001),
    ] {
        let prelu = near(
            learnable(&Activation::prelu(), shape, axis),
            "negative_slope",
            slopes,
        );
        let case = Case::new(prelu);
        let outputs = gpu.forward_learnable(&case.learnable, &case.inputs);
        let backward = || {
            let all = gpu.backward_learnable(&case.learnable, &case.inputs, &case.grad_outputs);
            all.expect("backward")
        };
        let gradients = backward();
        case.check_elements(&outputs.expect("forward"), &gradients.input);
        case.check_gradients(&gradients.parameters, 1e-12);
        let bits = |gradient: &[f32]| gradient.iter().map(|x| x.to_bits()).collect::<Vec<_>>();
        let again = backward();
        assert_eq!(
            bits(&gradients.parameters[0].1),
            bits(&again.parameters[0].1),
            "{shape:?}: two runs"
        );
    }
}

/// All hyper-parameters of each at once, some of which have one value.
#[test]
fn every_hyper_parameter_has_its_gradient() {
    let gpu = gpu();
    for activation in catalogue().map(Activation::from_definition) {
        if activation.parameters().is_empty() {
            continue;
        }
        let mut tensors = learnable(&activation, &[3, 7, 61], 1);
        let count = activation.parameters().len();
        for (index, parameter) in activation.parameters().iter().enumerate() {
            // The last has more, so that no lower bound comes to lie above an upper one.
            tensors = near(tensors, parameter.name, [1, 7][(count + index) % 2]);
        }
        let mut case = Case::new(tensors);
        case.inputs = ramp(case.inputs.len());
        let outputs = gpu.forward_learnable(&case.learnable, &case.inputs);
        let gradients = gpu
            .backward_learnable(&case.learnable, &case.inputs, &case.grad_outputs)
            .expect("backward");
        case.check_elements(&outputs.expect("forward"), &gradients.input);
        // Within 4 ULP each, and the product rounded.
        case.check_gradients(&gradients.parameters, 5.0 * f64::from(f32::EPSILON));
        assert_eq!(gradients.parameters.len(), activation.parameters().len());
    }
}

#[test]
fn streams_of_any_types_go_through() {
    let gpu = gpu();
    let slopes = [0.25, -0.5, 2.0].map(f16::from_f32);
    let prelu = learnable(&Activation::prelu(), &[500, 3, 4001], 1);
    let mut case = Case::new(prelu.with("negative_slope", &slopes).expect("a tensor"));
    let inputs: Vec<f16> = case.inputs.iter().map(|&x| f16::from_f32(x)).collect();
    let grads = case.grad_outputs.iter().map(|&g| bf16::from_f32(g));
    let grads: Vec<bf16> = grads.collect();
    case.inputs = inputs.iter().map(|x| x.to_f32()).collect();
    case.grad_outputs = grads.iter().map(|g| g.to_f32()).collect();

    let mut outputs = vec![bf16::ZERO; inputs.len()];
    let (input, output) = (Input::slice(&inputs), Output::slice(&mut outputs));
    gpu.run_learnable(LearnableJob::forward(&case.learnable, input, output))
        .expect("forward");
    let (mut input, mut gradient) = (bytemuck::cast_slice(&inputs), Vec::new());
    let mut grad_inputs = vec![0.0_f32; inputs.len()];
    let job = LearnableJob::backward(
        &case.learnable,
        Input::reader(Dtype::F16, &mut input),
        Input::slice(&grads),
        Output::slice(&mut grad_inputs),
    );
    let job = job.gradient("negative_slope", Output::writer(Dtype::Bf16, &mut gradient));
    gpu.run_learnable(job.expect("a tensor")).expect("backward");
    case.check_elements(&outputs, &grad_inputs);
    let gradient: Vec<bf16> = bytemuck::pod_collect_to_vec(&gradient);
    case.check_gradients(&[("negative_slope", gradient)], 1e-12);
}

#[test]
fn nothing_is_written_of_what_is_cancelled() {
    let gpu = gpu();
    let prelu = near(
        learnable(&Activation::prelu(), &[2, 3, 2_000_000], 1),
        "negative_slope",
        3,
    );
    let case = Case::new(prelu);
    let (mut output, mut gradient) = (Vec::new(), Vec::new());
    let mut done = Vec::new();
    let mut stop = |progress: Progress| {
        done.push((progress.done, progress.total));
        ControlFlow::Break(())
    };
    let job = LearnableJob::backward(
        &case.learnable,
        Input::slice(&case.inputs),
        Input::slice(&case.grad_outputs),
        Output::writer(Dtype::F32, &mut output),
    );
    let job = job.gradient("negative_slope", Output::writer(Dtype::F32, &mut gradient));
    let job = job.expect("a tensor").progress(&mut stop);
    let cancelled = gpu.run_learnable(job);
    assert!(matches!(cancelled, Err(OffloadError::Cancelled { .. })));
    assert!(gradient.is_empty() && !output.is_empty());
    assert!(
        matches!(done[..], [(1..12_000_000, 12_000_000)]),
        "{done:?}"
    );
}

#[test]
fn tensors_without_elements_and_values_that_are_not_finite() {
    let gpu = gpu();
    let none = near(
        learnable(&Activation::prelu(), &[0, 3], 1),
        "negative_slope",
        3,
    );
    let gradients = gpu
        .backward_learnable::<f32>(&none, &[], &[])
        .expect("nothing");
    assert_eq!(gradients.parameters, [("negative_slope", vec![0.0; 3])]);

    let prelu = near(
        learnable(&Activation::prelu(), &[2, 3, 4], 1),
        "negative_slope",
        3,
    );
    let mut inputs = vec![-1.0_f32; 24];
    (inputs[5], inputs[23]) = (f32::NAN, f32::NEG_INFINITY);
    let gradients = gpu
        .backward_learnable(&prelu, &inputs, &[1.0; 24])
        .expect("backward");
    let (_, gradient) = &gradients.parameters[0];
    assert_eq!((gradient[0], gradient[2]), (-8.0, f32::NEG_INFINITY));
    assert!(gradient[1].is_nan(), "{gradient:?}");
}
