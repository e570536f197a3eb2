//! Results that are known from elsewhere, and numbers at the ends of the range.

use wgpu_activations::reference::gated as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{Activation, Dtype, Gate, GatedActivation, Halves, TensorView};

use super::common::subject::Subject;
use super::common::{download, gpu_of_its_own, upload};
use super::subject::Inputs;
use super::{F32, units};

fn assert_near(results: &[f32], exact: &[f64], bound: f64) {
    assert_eq!(results.len(), exact.len());
    for (&result, &exact) in results.iter().zip(exact) {
        let error = ulp_error(Dtype::F32, result, exact, 0.0);
        assert!(error <= bound, "{result} instead of {exact}, {error} ULP");
    }
}

/// sigmoid(3) and others, to 17 digits by mpmath.
#[test]
fn known_halves() {
    let gpu = Subject::shared();
    let input = upload(&gpu.device, &[1.0, 2.0, 3.0, 4.0]);
    let output = upload(&gpu.device, &[0.0; 2]);
    let [input, output] = [input, output].map(|buffer| TensorView::f32(&buffer).expect("storage"));
    let (glu, swiglu) = (GatedActivation::glu(), GatedActivation::swiglu());
    for (gated, gate, exact) in [
        // As torch.nn.functional.glu gives it.
        (
            &glu,
            Gate::Second,
            [0.952_574_126_822_433_2, 1.964_027_580_075_817],
        ),
        (
            &glu,
            Gate::First,
            [2.193_175_735_890_015, 3.523_188_311_911_529_2],
        ),
        (
            &swiglu,
            Gate::First,
            [2.193_175_735_890_015, 7.046_376_623_823_058],
        ),
    ] {
        let halves = Halves::along(&[4], 0, gate).expect("even");
        let prepared = gpu
            .kernels
            .forward_gated_halves(gated, &halves, &input, &output);
        gpu.run(&prepared.expect("prepared"));
        let results = download(&gpu.device, &gpu.queue, output.buffer());
        assert_near(&results, &exact, gated.bound());
    }
}

/// What PyTorch's autograd gives in f64; `tools/gated_samples.py` writes it.
#[test]
fn the_reference_agrees_with_pytorch() {
    let text = include_str!("../data/gated.tsv");
    let lines: Vec<_> = text.lines().filter(|line| !line.starts_with('#')).collect();
    assert_eq!(lines.len(), 24 * GatedActivation::ALL.len());
    for line in lines {
        let (name, numbers) = line.split_once('\t').expect("a name");
        let numbers = numbers.split('\t').map(|number| number.parse::<f64>());
        let numbers: Vec<_> = numbers.map(|number| number.expect("a number")).collect();
        let [a, b, grad_output, output, grad_a, grad_b] = numbers[..] else {
            panic!("six numbers, not {line}");
        };
        let gated = GatedActivation::named(name).expect("a unit");
        let forward = exact::forward(&gated, a, b).expect("a reference");
        let gradients = exact::backward(&gated, a, b, grad_output).expect("a reference");
        let pairs = [
            (forward, output),
            (gradients.grad_a, grad_a),
            (gradients.grad_b, grad_b),
        ];
        for (exact, expected) in pairs {
            let error = (exact.value - expected).abs();
            let scale = expected.abs().max(exact.largest_term);
            assert!(
                error <= 1e-13 * scale,
                "{} instead of {expected}: {line}",
                exact.value
            );
        }
    }
}

/// Zero, the least and the largest numbers, infinities and NaN, each with each.
#[test]
fn special_values_meet_as_in_the_formula() {
    let gpu = Subject::shared();
    let special = [
        0.0,
        1.0,
        -2.5,
        1e-30,
        -1e30,
        70.0,
        -70.0,
        -13.0,
        f32::MIN_POSITIVE,
        f32::MAX,
        -f32::MAX,
        f32::INFINITY,
        f32::NEG_INFINITY,
        f32::NAN,
    ];
    let (mut a, mut b, mut grad_output) = (vec![], vec![], vec![]);
    for value in special {
        for gate in special {
            for grad in special {
                a.push(value);
                b.push(gate);
                grad_output.push(grad);
            }
        }
    }
    let inputs = Inputs {
        a: &a,
        b: &b,
        grad_output: &grad_output,
    };
    let others = [
        "exponential",
        "squared_relu",
        "softplus",
        "gaussian",
        "tanh",
    ];
    let others = others.map(|name| GatedActivation::new(Activation::named(name).expect("known")));
    for gated in units().iter().chain(&others) {
        gpu.check_views(gated, &inputs, [F32; 5]);
        gpu.check_views(
            gated,
            &inputs,
            [F32, F32, F32, (Dtype::F16, 1), (Dtype::Bf16, 1)],
        );
    }
}

/// Factors that leave the range when they are multiplied in the wrong order; sigmoid′(−70) by mpmath.
#[test]
fn gradients_are_in_range_where_their_factors_are_not() {
    let gpu = Subject::shared();
    let view = |value| TensorView::f32(&upload(&gpu.device, &[value])).expect("storage");
    let (glu, steep) = (
        GatedActivation::glu(),
        GatedActivation::new(Activation::squared_relu()),
    );
    let flat = 3.975_449_735_908_647e-31;
    for (gated, a, b, grad, about) in [
        (&glu, 1e30, -70.0, 1e30, flat * 1e60),
        (&glu, 1e30, -70.0, 1e-20, flat * 1e10),
        (&glu, 1e-30, 0.0, 1e-30, 0.0),
        (&glu, 1e-25, -70.0, 1e38, flat * 1e13),
        (&glu, 3e38, 0.0, 2e-38, 1.5),
        (&steep, 1e-30, 1e30, 3e-30, 6e-30),
        (&steep, 1e-30, 1e30, 3e20, 6e20),
        (&steep, 2e20, 1e30, 3e-30, 1.2e21),
    ] {
        let [a, b, grad] = [a, b, grad].map(view);
        let grads = [0.0; 2].map(view);
        let backward = gpu
            .kernels
            .backward_gated(gated, &a, &b, &grad, &grads[0], &grads[1]);
        gpu.run(&backward.expect("prepared"));
        let result = download(&gpu.device, &gpu.queue, grads[1].buffer())[0];
        // The factors are not quite powers of ten in f32.
        let error = (f64::from(result) - about).abs();
        assert!(error <= about * 1e-6, "{result:e} instead of {about:e}");
    }
}

#[test]
fn hyper_parameters_change_without_a_new_pipeline() {
    let gpu = Subject::of(&gpu_of_its_own());
    let view = |values: &[f32]| TensorView::f32(&upload(&gpu.device, values)).expect("storage");
    let (a, b, output) = (view(&[2.0; 6]), view(&[1.0; 6]), view(&[0.0; 6]));
    let gated = GatedActivation::new(Activation::swish());
    let prepared = gpu
        .kernels
        .forward_gated(&gated, &a, &b, &output)
        .expect("prepared");
    let pipelines = gpu.kernels.pipelines();
    let sharp = gated.with("beta", 10.0).expect("a valid beta");
    prepared
        .set_parameters(&gpu.queue, sharp.activation())
        .expect("the same activation");
    gpu.run(&prepared);
    let results = download(&gpu.device, &gpu.queue, output.buffer());
    // 2 sigmoid(10).
    assert_near(&results, &[1.999_909_204_262_595_2; 6], sharp.bound());
    gpu.kernels
        .forward_gated(&sharp, &a, &b, &output)
        .expect("prepared");
    assert_eq!(gpu.kernels.pipelines(), pipelines);
    let other = prepared
        .set_parameters(&gpu.queue, &Activation::silu())
        .expect_err("another");
    assert!(other.to_string().contains("gated_swish"), "{other}");
}
