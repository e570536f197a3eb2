//! What is computed, held against f64.

use wgpu_activations::Activation;

use super::{SECONDS, exact, gpu, picture, place, scene};
use crate::SHOWN;
use crate::camera::Camera;
use crate::field::{VERTICES, WAVES, Wave};
use crate::gpu::Gpu;
use crate::scene::Scene;

const ULP: f64 = 1.0 / (1 << 23) as f64;

/// The four planes of each buffer, as the frame that was drawn last left them.
fn planes(gpu: &Gpu, scene: &Scene) -> [Vec<Vec<f32>>; 2] {
    scene.field.buffers.each_ref().map(|buffer| {
        let staging = gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size: buffer.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device.create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
        encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
        gpu.queue.submit([encoder.finish()]);
        let waited = gpu.device.poll(wgpu::PollType::wait_indefinitely());
        waited.expect("the device finishes");
        let view = staging.get_mapped_range(..).expect("it is mapped");
        let values: &[f32] = bytemuck::cast_slice(&view);
        values
            .chunks(VERTICES as usize)
            .map(<[f32]>::to_vec)
            .collect()
    })
}

/// Slopes and speeds included, by differences: neither the shader's formula nor the chain rule. WGSL promises
/// sines and cosines to 2⁻¹¹, and turns have lost 2⁻²⁰ at most, 2⁻¹⁷ of an angle.
#[test]
fn waves_are_those_of_f64() {
    let gpu = gpu();
    let scene = scene(&gpu, (64, 64), "identity");
    picture(&gpu, &scene, (64, 64), &Camera::at(0.0));
    let [waves, _] = planes(&gpu, &scene);
    let share = 2.0_f64.powi(-11) + 2.0_f64.powi(-17);
    let bound = |factor: fn(&Wave) -> f32| {
        let sizes = WAVES
            .iter()
            .map(|wave| f64::from(wave.amplitude * factor(wave).abs()));
        share * sizes.sum::<f64>()
    };
    let turn = std::f64::consts::TAU;
    let bounds = [
        bound(|_| 1.0),
        turn * bound(|wave| wave.number[0]),
        turn * bound(|wave| wave.number[1]),
        turn * bound(|wave| wave.rate),
    ];
    for index in (0..VERTICES as usize).step_by(37) {
        let expected = exact(&Activation::identity(), place(index), SECONDS);
        for plane in 0..4 {
            let error = (f64::from(waves[plane][index]) - expected[plane]).abs();
            assert!(
                error <= bounds[plane],
                "plane {plane} of {index}: {error:e}"
            );
        }
    }
}

/// To the last digits, given what the waves were: with default and with changed hyper-parameters.
#[test]
fn the_surface_is_that_of_the_reference() {
    let (gpu, size) = (gpu(), (64, 64));
    let mut scene = scene(&gpu, size, SHOWN[0]);
    for name in SHOWN {
        for change in [0.0, 0.3] {
            scene
                .field
                .change(&gpu.queue, change)
                .expect("it has changed");
            let activation = scene.field.activation();
            assert_eq!(activation.name(), name);
            picture(&gpu, &scene, size, &Camera::at(0.0));
            check_surface(activation, &planes(&gpu, &scene));
        }
        scene.field.choose_next();
    }
}

fn check_surface(activation: &Activation, [waves, surface]: &[Vec<Vec<f32>>; 2]) {
    let (reference, values) = (
        activation.reference().expect("a row"),
        activation.values_f64(),
    );
    let bound = activation.bound() * ULP;
    let largest =
        |term: Option<fn(f64, &[f64]) -> f64>, x| term.map_or(0.0, |term| term(x, &values));
    for index in 0..VERTICES as usize {
        let x = f64::from(waves[0][index]);
        let within = |plane: usize, expected: f64, bound: f64| {
            let actual = f64::from(surface[plane][index]);
            // Subnormal numbers may be zero.
            let bound = bound + f64::from(f32::MIN_POSITIVE);
            assert!(
                (actual - expected).abs() <= bound,
                "{} at {x:e}, plane {plane}: {actual:e} for {expected:e}",
                activation.name()
            );
        };
        let height = reference.forward_at(x, &values);
        let scale = height.abs().max(largest(reference.forward_largest_term, x));
        within(0, height, bound * scale);
        let derivative = reference.derivative_at(x, &values);
        let scale = derivative
            .abs()
            .max(largest(reference.derivative_largest_term, x));
        for (plane, grad_outputs) in waves.iter().enumerate().skip(1) {
            let grad_output = f64::from(grad_outputs[index]);
            // The product is rounded too.
            let bound = (bound + ULP) * scale * grad_output.abs();
            within(plane, derivative * grad_output, bound);
        }
    }
}
