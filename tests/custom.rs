//! A user's own activation goes through the same kernels, verifier and offload as the built-in ones.

mod common;

use common::{gpu, ramp};
use wgpu_activations::reference::{Kink, Reference};
use wgpu_activations::verify::{FiniteDifferences, Samples};
use wgpu_activations::{Activation, CustomActivation, Parameter};

/// x·min(1, |x|/width): a square through zero that goes on as a line.
fn ramped(derivative_at_kink: &str) -> CustomActivation {
    let wgsl = format!(
        "fn forward(x: f32, p: Parameters) -> f32 {{
            return select(x, x * (abs(x) / p.width), abs(x) < p.width);
        }}
        fn derivative(x: f32, p: Parameters) -> f32 {{
            return select({derivative_at_kink}, 2.0 * abs(x) / p.width, abs(x) < p.width);
        }}"
    );
    CustomActivation::new("ramped", &wgsl)
        .and_then(|custom| custom.with_parameter(Parameter::new("width", 1.0)))
        .expect("well declared")
}

fn reference() -> Reference {
    Reference::new(
        |x, p| {
            if x.abs() < p[0] {
                x * (x.abs() / p[0])
            } else {
                x
            }
        },
        |x, p| {
            if x.abs() < p[0] {
                2.0 * (x.abs() / p[0])
            } else {
                1.0
            }
        },
    )
    .with_kinks(|p| [-p[0], p[0]].map(|x| Kink { x, derivative: 1.0 }).to_vec())
}

#[test]
fn it_is_verified_like_the_others() {
    let gpu = gpu();
    for width in [1.0, 0.3, 7.0] {
        let activation = Activation::custom(ramped("1.0").with_reference(reference()))
            .with("width", width)
            .expect("finite");
        for report in gpu
            .verify(&activation, &Samples::default())
            .expect("verified")
        {
            assert!(report.passed(), "{report}");
        }
    }
    let wrong = Activation::custom(ramped("1.0001").with_reference(reference()));
    let [forward, backward] = gpu.verify(&wrong, &Samples::default()).expect("verified");
    assert!(forward.passed() && !backward.passed(), "{backward}");
}

#[test]
fn nan_goes_through_it() {
    let y = gpu()
        .forward(&Activation::custom(ramped("1.0")), &[f32::NAN, 0.5])
        .expect("forward");
    assert!(y[0].is_nan() && y[1] == 0.25, "{y:?}");
}

#[test]
fn its_derivative_is_checked_by_finite_differences() {
    let gpu = gpu();
    let differences = FiniteDifferences::default();
    let right = gpu
        .check_derivative(&Activation::custom(ramped("1.0")), &differences)
        .expect("ran");
    assert!(right.passed && right.kinks > 0, "{right:?}");
    let wrong = gpu
        .check_derivative(&Activation::custom(ramped("1.1")), &differences)
        .expect("ran");
    assert!(
        !wrong.passed && (wrong.max_error - 0.1).abs() < 1e-3,
        "{wrong:?}"
    );
}

#[test]
fn without_a_reference_it_cannot_be_verified() {
    let refused = gpu().verify(&Activation::custom(ramped("1.0")), &Samples::default());
    let error = refused.expect_err("there is nothing to verify it by");
    assert!(
        error.to_string().contains("ramped has no f64 reference"),
        "{error}"
    );
}

#[test]
fn two_of_the_same_name_do_not_share_a_pipeline() {
    let gpu = gpu();
    let scaled = |factor: &str| {
        let wgsl = format!(
            "fn forward(x: f32) -> f32 {{ return {factor} * x; }}
             fn derivative(x: f32) -> f32 {{ return {factor}; }}"
        );
        Activation::custom(CustomActivation::new("scaled", &wgsl).expect("well declared"))
    };
    let x = ramp(7);
    for factor in ["2.0", "4.0", "2.0"] {
        let y = gpu.forward(&scaled(factor), &x).expect("forward");
        let factor: f32 = factor.parse().expect("a number");
        assert!(y.iter().zip(&x).all(|(y, x)| *y == factor * x));
    }
}
