//! Derivatives by hyper-parameters, judged on the adapter.

use wgpu_activations::reference::Reference;
use wgpu_activations::verify::{LearnableReport, LearnableSample};
use wgpu_activations::{Activation, CustomActivation, Dtype, OffloadError, Parameter};

use super::common::gpu;

const REFERENCE: Reference = Reference::new(|x, p| p[0] * x, |_, p| p[0]);
const LEARNT: Reference = REFERENCE.with_parameter_derivatives(&[|x, _| x]);

/// scale · x, whose derivative by the scale is that text.
fn scaled(derivative: &str, reference: Option<Reference>) -> Activation {
    let wgsl = format!(
        "fn forward(x: f32, p: Parameters) -> f32 {{ return p.scale * x; }}
         fn derivative(x: f32, p: Parameters) -> f32 {{ return p.scale; }}
         fn derivative_by_scale(x: f32, p: Parameters) -> f32 {{ return {derivative}; }}"
    );
    let custom = CustomActivation::new("scaled", &wgsl)
        .and_then(|custom| custom.with_parameter(Parameter::new("scale", 2.0)))
        .expect("names");
    Activation::custom(match reference {
        Some(reference) => custom.with_reference(reference),
        None => custom,
    })
}

fn verified(activation: &Activation, dtype: Dtype) -> Result<Vec<LearnableReport>, OffloadError> {
    gpu().verify_learnable(activation, dtype, &LearnableSample::new(activation))
}

#[test]
fn right_derivatives_pass_and_wrong_ones_do_not() {
    for dtype in Dtype::ALL {
        let right = verified(&scaled("x", Some(LEARNT)), dtype).expect("verified");
        assert!(
            right[0].passed() && right[0].found.elements > 10_000,
            "{}",
            right[0]
        );
        assert_eq!((right.len(), right[0].parameter), (1, "scale"));
        let wrong = verified(&scaled("1.02 * x", Some(LEARNT)), dtype).expect("verified");
        assert!(
            !wrong[0].passed() && wrong[0].found.worst.is_some(),
            "{}",
            wrong[0]
        );
    }
}

#[test]
fn what_cannot_be_judged_is_refused() {
    for (reference, words) in [
        (None, "scaled has no f64 reference"),
        (Some(REFERENCE), "no derivative by scale"),
    ] {
        let refused = verified(&scaled("x", reference), Dtype::F32);
        let text = refused.expect_err("refused").to_string();
        assert!(text.contains(words), "{text}");
    }
}
