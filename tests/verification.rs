//! Kernels run for an oracle, in every mix of types.

mod common;

use common::gpu;
use wgpu_activations::verify::{Direction, Oracle, Tally, Walk, round_to, wgsl_fingerprint};
use wgpu_activations::{Activation, Dtype};

fn all(dtype: Dtype) -> Vec<f32> {
    let mut inputs = Vec::new();
    Walk::all(dtype).inputs(0..1 << 16, &mut inputs);
    inputs
}

#[test]
fn any_type_goes_in_and_any_comes_out() {
    let gpu = gpu();
    for input in [Dtype::F16, Dtype::Bf16] {
        let inputs = all(input);
        for output in Dtype::ALL {
            for report in gpu
                .verify_inputs(&Activation::sigmoid(), [input, output], &inputs)
                .expect("verified")
            {
                assert!(report.passed(), "{report}");
                assert_eq!((report.input_dtype, report.output_dtype), (input, output));
            }
        }
    }
}

#[test]
fn inputs_are_rounded_to_their_type() {
    let gpu = gpu();
    for dtype in [Dtype::F16, Dtype::Bf16] {
        let oracle = Oracle::new(&Activation::identity(), Direction::Forward)
            .expect("a reference")
            .with_dtypes(dtype, Dtype::F32);
        let inputs = [1.0 / 3.0, -1e-7, 7e4, 3.0];
        let mut outputs = [0.0; 4];
        gpu.results_into(&oracle, &inputs, &mut outputs)
            .expect("they are computed");
        let rounded = inputs.map(|x: f32| round_to(dtype, x.into()) as f32);
        assert_eq!(outputs, rounded);
        assert_ne!(outputs[0], inputs[0]);
    }
}

#[test]
fn outputs_of_another_length_are_refused() {
    let gpu = gpu();
    for dtype in Dtype::ALL {
        let oracle = Oracle::new(&Activation::tanh(), Direction::Forward).expect("a reference");
        let oracle = oracle.with_dtypes(dtype, dtype);
        for len in [2, 4] {
            let refused = gpu.results_into(&oracle, &[0.5; 3], &mut vec![0.0; len]);
            let text = refused.expect_err("the lengths differ").to_string();
            assert!(
                text.contains('3') && text.contains(&len.to_string()),
                "{text}"
            );
        }
    }
}

/// A reader would notice sooner if the kernel's results were judged as something else's.
#[test]
fn several_subjects_share_one_evaluation() {
    let gpu = gpu();
    let [tanh, softsign] = [Activation::tanh(), Activation::softsign()]
        .map(|activation| Oracle::new(&activation, Direction::Backward).expect("a reference"));
    let inputs: Vec<f32> = (-3000..3000).map(|n| n as f32 / 256.0).collect();
    let expected = tanh.expected(&inputs);
    let mut outputs = vec![0.0; inputs.len()];
    let mut reports = [&tanh, &softsign].map(|subject| {
        gpu.results_into(subject, &inputs, &mut outputs)
            .expect("they are computed");
        let mut tally = Tally::default();
        tally
            .add(&tanh, &inputs, &expected, &outputs)
            .expect("equal lengths");
        tanh.report(&tally)
    });
    reports.sort_by(|a, b| a.max_ulp.total_cmp(&b.max_ulp));
    let [right, wrong] = &reports;
    assert!(right.passed() && !wrong.passed());
    assert_eq!((right.inputs, wrong.inputs), (6000, 6000));
    assert!(wrong.correctly_rounded < 10 && right.correctly_rounded > 3000);
}

#[test]
fn activations_have_fingerprints_of_their_own() {
    let mut fingerprints: Vec<_> = wgpu_activations::activation::catalogue()
        .map(Activation::from_definition)
        .map(|activation| {
            wgsl_fingerprint(&activation, [Dtype::F32; 2]).expect("its modules exist")
        })
        .collect();
    let rows = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    // leaky_relu and prelu are the same function under two names.
    assert_eq!(fingerprints.len(), rows - 1);
}
