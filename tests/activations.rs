//! Every activation of the catalogue, with default and unusual hyper-parameters, forward and
//! backward on the GPU, held against the f64 reference.

mod common;

use common::{gpu, ramp};
use wgpu_activations::verify::{Direction, Samples, Walk, judge};
use wgpu_activations::{Activation, Dtype, activation::catalogue};

fn assert_none_is_missed(missed: &[String]) {
    assert!(
        missed.is_empty(),
        "{} results miss their bounds:\n{}",
        missed.len(),
        missed.join("\n")
    );
}

#[test]
fn all_are_within_their_bounds() {
    let gpu = gpu();
    let mut missed = Vec::new();
    for activation in catalogue().flat_map(Activation::variants) {
        for report in gpu
            .verify(&activation, &Samples::default())
            .expect("verified")
        {
            assert!(report.inputs > 100_000);
            if !report.passed() {
                missed.push(report.to_string());
            }
        }
    }
    assert_none_is_missed(&missed);
}

/// All 65 536 inputs: hardly any result is not the correctly rounded one.
#[test]
fn sixteen_bit_results_are_rounded_correctly() {
    let gpu = gpu();
    let mut missed = Vec::new();
    for dtype in [Dtype::F16, Dtype::Bf16] {
        let mut inputs = Vec::new();
        Walk::all(dtype).inputs(0..1 << 16, &mut inputs);
        for activation in catalogue().flat_map(Activation::variants) {
            let reports = gpu.verify_inputs(&activation, [dtype; 2], &inputs);
            for report in reports.expect("verified") {
                assert_eq!(report.inputs, 1 << 16);
                if !report.passed() {
                    missed.push(report.to_string());
                }
            }
        }
    }
    assert_none_is_missed(&missed);
}

#[test]
fn the_gradient_is_multiplied_by_that_of_the_output() {
    let gpu = gpu();
    let x = ramp(20_000);
    for definition in catalogue() {
        let activation = Activation::from_definition(definition);
        // A power of two, so that the product is exact and can be divided out again.
        let grad_x = gpu
            .backward(&activation, &x, &vec![-8.0; x.len()])
            .expect("backward");
        let derivative: Vec<f32> = grad_x.iter().map(|grad| grad / -8.0).collect();
        let report = judge(&activation, Direction::Backward, &x, &derivative).expect("a reference");
        assert!(report.passed(), "{report}");
    }
}

/// Mistakes that were made elsewhere: values from the mathematics, not from a run.
#[test]
fn known_mistakes_are_not_repeated() {
    let gpu = gpu();
    let forward = |activation: &Activation, x: f32| {
        f64::from(gpu.forward(activation, &[x]).expect("forward")[0])
    };
    let backward = |activation: &Activation, x: f32| {
        f64::from(gpu.backward(activation, &[x], &[1.0]).expect("backward")[0])
    };
    let close = |actual: f64, expected: f64| {
        let error = (actual - expected).abs() / expected.abs();
        assert!(error < 5e-7, "{actual:e} instead of {expected:e}");
    };
    // GELU′(1) = Φ(1) + φ(1), with the density's 1/√(2π) whole.
    close(
        backward(&Activation::gelu(), 1.0),
        0.841_344_746_068_542_9 + 0.241_970_724_519_143_37,
    );
    // erf-GELU is not tanh-GELU: 1.954 597… against 1.954 499… at 2, and so are their derivatives.
    close(forward(&Activation::gelu(), 2.0), 1.954_499_736_103_641_6);
    assert!((forward(&Activation::gelu_tanh(), 2.0) - 1.954_499_736).abs() > 5e-5);
    // Φ(-5.5) and Φ(-6) in full, where an approximation of erf has lost its digits.
    close(
        forward(&Activation::gelu(), -5.5),
        -5.5 * 1.898_956_246_588_771_7e-8,
    );
    close(
        forward(&Activation::gelu(), -6.0),
        -6.0 * 9.865_876_450_376_98e-10,
    );
    // 1 − e^x and ln(1 + x) without cancellation.
    close(
        forward(&Activation::elu(), -1e-5),
        f64::from(-1e-5_f32).exp_m1(),
    );
    close(forward(&Activation::tanh(), 2e-9), f64::from(2e-9_f32));
    // The tails of softplus and of the logistic function, and their overflow.
    close(
        forward(&Activation::softplus(), -17.0),
        (-17.0_f64).exp().ln_1p(),
    );
    assert_eq!(forward(&Activation::softplus(), 3e38), f64::from(3e38_f32));
    assert_eq!(forward(&Activation::sigmoid(), 100.0), 1.0);
    close(forward(&Activation::sigmoid(), -80.0), (-80.0_f64).exp());
    // Products that overflow before they are divided.
    assert_eq!(
        forward(&Activation::hard_swish(), 7e37),
        f64::from(7e37_f32)
    );
    assert_eq!(backward(&Activation::gelu_tanh(), 5e34), 1.0);
    assert_eq!(backward(&Activation::gelu_tanh(), -5e34), 0.0);
    // The tail of tanh′ is 4e^(−2x), not 0.
    close(
        backward(&Activation::tanh(), 12.0),
        1.0 / 12.0_f64.cosh().powi(2),
    );
    // A softplus whose β is large must not switch to a line too early.
    let steep = Activation::softplus()
        .with("beta", 10.0)
        .expect("a valid beta");
    close(forward(&steep, 1.0), 1.0 + (-10.0_f64).exp().ln_1p() / 10.0);
}

#[test]
fn kinks_have_the_stated_derivative() {
    let gpu = gpu();
    let mut kinks = 0;
    for activation in catalogue().flat_map(Activation::variants) {
        let reference = activation
            .reference()
            .expect("the catalogue has references");
        for kink in (reference.kinks)(&activation.values_f64()) {
            let x = kink.x as f32;
            // A kink that is no f32 cannot be hit.
            if f64::from(x) == kink.x {
                let grad = gpu.backward(&activation, &[x], &[1.0]).expect("backward")[0];
                let error = (f64::from(grad) - kink.derivative).abs();
                assert!(
                    error <= 1e-6 * kink.derivative.abs(),
                    "{}: {grad} at {x}",
                    activation.name()
                );
                kinks += 1;
            }
        }
    }
    assert!(kinks > 30, "{kinks} kinks");
}
