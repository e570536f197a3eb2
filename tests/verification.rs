//! Kernels run for an oracle, in every mix of types.

mod common;

use std::num::NonZeroU32;

use common::{gpu, ramp};
use half::{bf16, f16};
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{
    Direction, LossSample, Oracle, RandomisedSample, RowSample, SampleMask, StatisticsSample,
    Tally, Walk, round_to, ulp_error, wgsl_fingerprint,
};
use wgpu_activations::{
    Activation, CrossEntropy, CustomActivation, Dtype, Element, RandomisedRelu, RowActivation,
    RowFunction,
};

fn all(dtype: Dtype) -> Vec<f32> {
    let mut inputs = Vec::new();
    Walk::all(dtype).inputs(0..1 << 16, &mut inputs);
    inputs
}

/// Every so many-th bit pattern of f32, and the edge cases.
fn every(stride: u32, activation: &Activation) -> Vec<f32> {
    let walk = Walk::every(NonZeroU32::new(stride).expect("not zero"), activation);
    let mut inputs = Vec::new();
    walk.inputs(0..walk.len(), &mut inputs);
    inputs
}

/// Every activation in two of the mixes each, and in all of them together.
#[test]
fn any_type_goes_in_and_any_comes_out() {
    use Dtype::{Bf16, F16, F32};
    const MIXES: [[Dtype; 2]; 6] = [
        [F32, F16],
        [F16, Bf16],
        [Bf16, F32],
        [F32, Bf16],
        [Bf16, F16],
        [F16, F32],
    ];
    let gpu = gpu();
    let mut failed = Vec::new();
    for (index, definition) in catalogue().enumerate() {
        let activation = Activation::from_definition(definition);
        for [input, output] in [0, 3].map(|other| MIXES[(index + other) % MIXES.len()]) {
            let inputs = match input {
                F32 => every(65_521, &activation),
                input => all(input),
            };
            for report in gpu
                .verify_inputs(&activation, [input, output], &inputs)
                .expect("verified")
            {
                assert_eq!((report.input_dtype, report.output_dtype), (input, output));
                if !report.passed() {
                    failed.push(report.to_string());
                }
            }
        }
    }
    assert!(failed.is_empty(), "{}", failed.join("\n"));
}

/// Beside the zeros of derivatives.
#[test]
fn what_cancels_in_f32_is_allowed_for_in_16_bits() {
    for (activation, zero) in [
        (Activation::gelu(), -0.751_791_54_f32),
        (Activation::silu(), -1.278_464_6),
    ] {
        let key = zero.to_bits();
        let inputs: Vec<_> = (key - 2000..key + 2000).map(f32::from_bits).collect();
        for dtype in [Dtype::F16, Dtype::Bf16] {
            let reports = gpu().verify_inputs(&activation, [Dtype::F32, dtype], &inputs);
            for report in reports.expect("verified") {
                assert!(report.max_ulp <= report.bound, "{report}");
            }
        }
    }
}

/// The derivative times a gradient other than 1: one more rounding, before the one to 16 bits.
fn gradients_weigh<T: Element + Into<f32>>(rounded: fn(f32) -> T) {
    let gpu = gpu();
    let inputs: Vec<T> = all(T::DTYPE).into_iter().map(rounded).collect();
    let gradients: Vec<T> = ramp(inputs.len()).into_iter().map(rounded).collect();
    for activation in catalogue().map(Activation::from_definition) {
        let results = gpu
            .backward(&activation, &inputs, &gradients)
            .expect("computed");
        let reference = activation.reference().expect("the catalogue has them");
        let parameters = activation.values_f64();
        let mut judged = 0;
        for ((&input, &gradient), &result) in inputs.iter().zip(&gradients).zip(&results) {
            let [x, gradient] = [input, gradient].map(|element| f64::from(element.into()));
            let derivative = (reference.derivative)(x, &parameters);
            // One that f32 does not hold has no multiples, and adapters may take subnormal inputs for zero.
            let range = f64::from(f32::MIN_POSITIVE)..f64::from(f32::MAX);
            if !(x as f32).is_normal() || !range.contains(&derivative.abs()) {
                continue;
            }
            let (expected, result) = (derivative * gradient, result.into());
            let term = reference.derivative_largest_term;
            let scale = term.map_or(0.0, |term| (term(x, &parameters) * gradient).abs());
            let error = ulp_error(T::DTYPE, result, expected, scale);
            // Half a unit, and a few of f32.
            assert!(
                error <= 0.501,
                "{} at {x:e} with {gradient}: {result:e} instead of {expected:e}, {error} ULP",
                activation.name()
            );
            judged += 1;
        }
        // The derivative of a step is 0 everywhere.
        let has_slopes = !["step", "signum"].contains(&activation.name());
        assert_eq!(judged > 1000, has_slopes, "{}: {judged}", activation.name());
    }
}

#[test]
fn gradients_weigh_derivatives_in_f16() {
    gradients_weigh(f16::from_f32);
}

#[test]
fn gradients_weigh_derivatives_in_bf16() {
    gradients_weigh(bf16::from_f32);
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
    let mut fingerprints: Vec<_> = catalogue()
        .map(Activation::from_definition)
        .map(|activation| {
            wgsl_fingerprint(&activation, Direction::Forward, [Dtype::F32; 2])
                .expect("its modules exist")
        })
        .collect();
    let rows = fingerprints.len();
    fingerprints.sort_unstable();
    fingerprints.dedup();
    // leaky_relu and prelu are the same function under two names.
    assert_eq!(fingerprints.len(), rows - 1);
}

#[test]
fn functions_of_rows_pass_with_and_without_masks() {
    let (gpu, mut samples) = (gpu(), RowSample::all());
    // `verify` takes the others too.
    samples.retain(|sample| sample.input.len() <= 150_000);
    let kinds = ["additive", "boolean", "causal"];
    for kind in kinds {
        let masks = samples.iter().filter_map(|sample| sample.mask.as_ref());
        assert!(masks.map(|mask| mask.name()).any(|name| name == kind));
    }
    let [_, _, softmax] = RowActivation::variants(RowFunction::Softmax);
    let [_, softmin, _] = RowActivation::variants(RowFunction::Softmin);
    let [_, _, log_softmax] = RowActivation::variants(RowFunction::LogSoftmax);
    for (activation, dtype) in [
        (softmax, Dtype::F32),
        (softmin, Dtype::Bf16),
        (log_softmax, Dtype::F32),
    ] {
        let reports = gpu.verify_rows(&activation, dtype, &samples);
        for report in reports.expect("verified") {
            assert!(report.passed() && report.found.max_ulp > 0.0, "{report}");
        }
    }
}

#[test]
fn losses_pass_with_every_reduction() {
    let (gpu, samples) = (gpu(), LossSample::all());
    for loss in CrossEntropy::variants() {
        let reports = gpu.verify_cross_entropy(&loss, Dtype::F32, &samples);
        for report in reports.expect("verified") {
            assert!(report.passed() && report.found.max_ulp > 0.0, "{report}");
        }
    }
}

#[test]
fn masks_of_samples_must_fit() {
    let gpu = gpu();
    let mut sample = RowSample::all().swap_remove(0);
    sample.mask = Some(SampleMask::Boolean {
        shape: sample.shape.clone(),
        values: vec![true; 1],
    });
    let softmax = RowActivation::softmax();
    let error = gpu.verify_rows(&softmax, Dtype::F32, &[sample]);
    let text = error.expect_err("too few").to_string();
    assert!(text.contains("but 1 are given"), "{text}");
}

#[test]
fn random_slopes_pass_between_all_bounds() {
    let gpu = gpu();
    for relu in RandomisedRelu::variants() {
        let sample = RandomisedSample::new(&relu);
        for dtype in Dtype::ALL {
            let reports = gpu.verify_randomised(&relu, dtype, &sample);
            for report in reports.expect("verified") {
                println!("{report}");
                assert!(report.passed() && report.found.max_ulp > 0.0, "{report}");
            }
        }
    }
    assert_eq!(RandomisedRelu::variants().count(), 3);
}

/// Every activation in one of the types each.
#[test]
fn statistics_pass() {
    let (gpu, samples) = (gpu(), StatisticsSample::all());
    for (index, definition) in catalogue().enumerate() {
        let activation = Activation::from_definition(definition);
        let dtype = Dtype::ALL[index % 3];
        let report = gpu.verify_statistics(&activation, dtype, &samples);
        let report = report.expect("verified");
        println!("{report}");
        assert!(
            report.passed() && report.found.elements > 50_000,
            "{report}"
        );
    }
    let custom = CustomActivation::new(
        "cubic",
        "fn forward(x: f32) -> f32 { return x * x * x; }
         fn derivative(x: f32) -> f32 { return 3.0 * x * x; }",
    );
    let custom = Activation::custom(custom.expect("a name"));
    let error = gpu.verify_statistics(&custom, Dtype::F32, &samples);
    let text = error.expect_err("no reference").to_string();
    assert!(text.contains("cubic has no f64 reference"), "{text}");
}
