//! What is refused.

use wgpu_activations::{Activation, Dtype, Input, LearnableJob, Output};

use super::case::{learnable, near};
use super::common::gpu;

#[test]
fn what_does_not_fit_is_refused() {
    let gpu = gpu();
    let plain = learnable(&Activation::prelu(), &[2, 3, 4], 1);
    let prelu = near(plain.clone(), "negative_slope", 3);
    let x = [0.5_f32; 24];
    let nan = plain
        .clone()
        .with("negative_slope", &[0.0, f32::NAN, 0.0])
        .expect("three");
    let mut few = [0.0_f32; 2];
    let mut y = [0.0_f32; 24];
    let backward = |of: &'static str, gradient: &mut [f32]| {
        let mut sink = std::io::sink();
        let output = Output::writer(Dtype::F32, &mut sink);
        let job = LearnableJob::backward(&prelu, Input::slice(&x), Input::slice(&x), output);
        job.gradient(of, Output::slice(gradient))
            .map(drop)
            .expect_err("refused")
            .to_string()
    };
    let forward = LearnableJob::forward(&prelu, Input::slice(&x), Output::slice(&mut y));
    let mut three = [0.0_f32; 3];
    let forward = forward.gradient("negative_slope", Output::slice(&mut three));
    let forward = forward.map(drop).expect_err("forward").to_string();
    for (text, words) in [
        (
            plain
                .clone()
                .with("negative_slope", &[0.5_f32; 4])
                .expect_err("four")
                .to_string(),
            &["negative_slope has 4 values", "1, or 3"][..],
        ),
        (
            plain
                .clone()
                .with("slope", &[0.5_f32])
                .expect_err("a name")
                .to_string(),
            &["no parameter \"slope\"", "negative_slope"],
        ),
        (
            prelu
                .clone()
                .with("negative_slope", &[0.5_f32])
                .expect_err("twice")
                .to_string(),
            &["negative_slope is given twice"],
        ),
        (
            gpu.forward_learnable(&nan, &x)
                .expect_err("NaN")
                .to_string(),
            &["negative_slope has NaN at index 1", "correct"],
        ),
        (
            gpu.forward_learnable(&prelu, &x[1..])
                .expect_err("short")
                .to_string(),
            &["the input has 23 elements", "24"],
        ),
        (
            backward("negative_slope", &mut few),
            &["the gradient of a parameter has 2 elements", "3"],
        ),
        (backward("alpha", &mut few), &["no parameter \"alpha\""]),
        (
            forward,
            &["forward", "negative_slope", "LearnableJob::backward"],
        ),
    ] {
        for word in words {
            assert!(text.contains(word), "no {word:?} in: {text}");
        }
    }
    let constant = LearnableJob::backward(
        &plain,
        Input::slice(&x),
        Input::slice(&x),
        Output::slice(&mut y),
    );
    let refused = constant.gradient("negative_slope", Output::slice(&mut few));
    let text = refused.map(drop).expect_err("a constant").to_string();
    assert!(text.contains("negative_slope is a constant"), "{text}");
}
