//! The sums that gradients of hyper-parameters are: as exact for ten million terms as for ten, the same
//! whenever they run, and right where a term is not finite.

use wgpu_activations::{Activation, Dtype, Learnable, Rows, TensorView};

use super::common::subject::Subject;
use super::common::{download, ramp, run, upload};
use super::subject::Case;

/// The gradients of prelu's slopes, whose terms are x·g for x ≤ 0.
fn slope_gradients(
    gpu: &Subject,
    channels: &Rows,
    slopes: u64,
    inputs: &[f32],
    grads: &[f32],
) -> Vec<f32> {
    let view = |buffer: &wgpu::Buffer| TensorView::f32(buffer).expect("a view");
    let buffers = [inputs, grads].map(|values| upload(&gpu.device, values));
    let ones = vec![0.25; slopes as usize];
    let [slopes, gradients] = [0, 1].map(|_| upload(&gpu.device, &ones));
    let learnable = Learnable::new(&Activation::prelu(), channels)
        .with("negative_slope", &view(&slopes))
        .expect("a tensor");
    let prepared = gpu.kernels.parameter_gradients(
        &learnable,
        &view(&buffers[0]),
        &view(&buffers[1]),
        &[("negative_slope", &view(&gradients))],
    );
    let prepared = prepared.expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    let first = download(&gpu.device, &gpu.queue, &gradients);
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    let second = download(&gpu.device, &gpu.queue, &gradients);
    let bits = |values: &[f32]| -> Vec<u32> { values.iter().map(|x| x.to_bits()).collect() };
    assert_eq!(bits(&first), bits(&second), "two runs");
    first
}

/// Numbers of 11 bits around -1, so that their products are exact in f32.
fn coarse(count: usize, seed: usize) -> Vec<f32> {
    (0..count)
        .map(|index| -1.0 - ((index * 7919 + seed) % 1021) as f32 / 1024.0)
        .collect()
}

#[test]
fn ten_million_terms_are_summed_as_exactly_as_ten() {
    let gpu = Subject::shared();
    for (shape, axis, slopes) in [
        (&[10_000_000_u64][..], 0, 1),
        (&[1, 10_000_000], 0, 1),
        (&[2_500_000, 4], 1, 4),
        (&[4, 2_500_000], 0, 4),
        (&[10, 3, 7], 1, 3),
    ] {
        let channels = Rows::along(shape, axis).expect("a shape");
        let count = channels.elements() as usize;
        let inputs = coarse(count, 3);
        // Half of them cancel.
        let mut grads = coarse(count, 511);
        grads.iter_mut().step_by(3).for_each(|g| *g = -*g);
        let found = slope_gradients(gpu, &channels, slopes, &inputs, &grads);
        let mut exact = vec![(0.0_f64, 0.0_f64); slopes as usize];
        for element in 0..count {
            let channel = element / channels.inner() as usize % channels.len() as usize;
            let term = f64::from(inputs[element]) * f64::from(grads[element]);
            let at = &mut exact[channel % slopes as usize];
            *at = (at.0 + term, at.1 + term.abs());
        }
        for (channel, (&found, (sum, size))) in found.iter().zip(exact).enumerate() {
            let error = (f64::from(found) - sum).abs();
            println!(
                "{shape:?}, channel {channel}: {:e} of the terms",
                error / size
            );
            // The last rounding, and next to nothing of the terms.
            let allowed = 0.5001 * f64::from(f32::EPSILON) * sum.abs() + 1e-12 * size;
            assert!(
                error <= allowed,
                "{shape:?}, channel {channel}: {found:e}, not {sum:e}"
            );
        }
    }
}

/// Of one channel; the others are as they would be without.
#[test]
fn terms_that_are_not_finite() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[3, 5, 100], 1).expect("a shape");
    let grads = vec![1.0; 1500];
    let inputs = coarse(1500, 5);
    let plain = slope_gradients(gpu, &channels, 5, &inputs, &grads);
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    for (special, expected) in [
        (&[nan][..], nan),
        (&[f32::from_bits(0xffc0_0001)], nan),
        (&[-infinity], -infinity),
        (&[-infinity, -infinity], -infinity),
        (&[-f32::MAX, -f32::MAX], -infinity),
    ] {
        let mut inputs = inputs.clone();
        for (index, value) in special.iter().enumerate() {
            inputs[200 + 517 * index..][..1].copy_from_slice(&[*value]);
        }
        let found = slope_gradients(gpu, &channels, 5, &inputs, &grads);
        for (channel, (&found, &plain)) in found.iter().zip(&plain).enumerate() {
            let expected = if channel == 2 { expected } else { plain };
            assert!(
                found == expected || found.is_nan() && expected.is_nan(),
                "{special:?} in channel 2, channel {channel}: {found} instead of {expected}"
            );
        }
    }
    let mut grads = grads;
    (grads[200], grads[201]) = (infinity, -infinity);
    let found = slope_gradients(gpu, &channels, 5, &inputs, &grads);
    assert!(found[2].is_nan() && found[1] == plain[1], "{found:?}");
}

/// NaN in a hyper-parameter's tensor stays in its channel.
#[test]
fn a_hyper_parameter_that_is_nan() {
    let gpu = Subject::shared();
    for activation in [
        Activation::prelu(),
        Activation::hard_tanh(),
        Activation::snake(),
    ] {
        let (inputs, grad_outputs) = (ramp(4 * 3 * 7), ramp(4 * 3 * 7 + 1));
        let values = activation
            .values()
            .iter()
            .map(|&value| Some(vec![value, f32::NAN, value]));
        let case = Case {
            activation: &activation,
            channels: Rows::along(&[4, 3, 7], 1).expect("a shape"),
            tensors: values.collect(),
            inputs: &inputs,
            grad_outputs: &grad_outputs[1..],
            places: [(Dtype::F32, 0); 4],
        };
        for gradients in case.check(gpu) {
            let are_nan: Vec<_> = gradients.iter().map(|gradient| gradient.is_nan()).collect();
            assert_eq!(are_nan, [false, true, false], "{}", activation.name());
        }
    }
}
