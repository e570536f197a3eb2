//! Devices as other programs have them: plain, shared by threads, lost.

use wgpu_activations::{Activation, Channels, ImageFormat, ImageView, KernelError, Kernels};

use crate::common::{adapter, download, gpu, gpu_with_limits, ramp, run, upload};
use crate::rebind::{described, families};
use crate::{leaky, leaky_of, view};

fn device(limits: wgpu::Limits) -> (wgpu::Device, wgpu::Queue) {
    let descriptor = wgpu::DeviceDescriptor {
        required_limits: limits,
        ..Default::default()
    };
    pollster::block_on(adapter().request_device(&descriptor)).expect("a plain device")
}

/// Operations of each family, with results that are those of a device with all features but for the order of sums.
#[test]
fn webgpus_default_limits_and_no_feature_are_enough() {
    for limits in [wgpu::Limits::defaults(), wgpu::Limits::downlevel_defaults()] {
        let (device, queue) = device(limits);
        let kernels = Kernels::new(&device);
        let results = |device: &wgpu::Device, queue: &wgpu::Queue, kernels: &Kernels| {
            let results = families().into_iter().map(|(name, prepare)| {
                let views = [(); 4].map(|()| view(&upload(device, &ramp(4096))));
                let prepared = prepare(kernels, &views).expect(name);
                run(device, queue, |encoder| prepared.encode(encoder));
                (name, download(device, queue, views[3].buffer()))
            });
            results.collect::<Vec<_>>()
        };
        let plain = results(&device, &queue, &kernels);
        let full = results(gpu().device(), gpu().queue(), gpu().kernels());
        for ((name, plain), (_, full)) in plain.into_iter().zip(full) {
            for (plain, full) in plain.into_iter().zip(full) {
                let is_equal = plain.to_bits() == full.to_bits();
                assert!(
                    is_equal || (plain - full).abs() <= 1e-5 * full.abs(),
                    "{name}: {plain:e}, not {full:e}"
                );
            }
        }
        for format in ImageFormat::ALL {
            let image = || {
                let texture = device.create_texture(&described(format));
                ImageView::new(&texture).expect("a kind that is known")
            };
            let prepared = kernels.forward_image(&leaky(), Channels::Rgb, &image(), &image());
            let prepared = prepared.unwrap_or_else(|error| panic!("{format}: {error}"));
            run(&device, &queue, |encoder| prepared.encode(encoder));
        }
    }
}

/// Each prepares, records and submits by itself, and all record one operation that they share.
#[test]
fn several_threads_record_at_once() {
    const THREADS: usize = 4;
    const FRAMES: usize = 10;
    let gpu = gpu();
    let (device, queue) = (gpu.device(), gpu.queue());
    let common = upload(device, &ramp(500));
    let half = leaky().with("negative_slope", 0.5).expect("a valid slope");
    let shared = gpu
        .kernels()
        .forward_in_place(&half, &view(&common))
        .expect("prepared");
    let one = |seed: usize| {
        let x = ramp(1000 + seed);
        let (input, output) = (upload(device, &x), upload(device, &vec![0.0; x.len()]));
        let prepared = gpu
            .kernels()
            .forward(&leaky(), &view(&input), &view(&output))
            .expect("prepared");
        for _ in 0..FRAMES {
            let mut encoder = device.create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                shared.dispatch(&mut pass);
                prepared.dispatch(&mut pass);
            }
            queue.submit([encoder.finish()]);
        }
        let expected: Vec<_> = x.into_iter().map(leaky_of).collect();
        assert_eq!(download(device, queue, &output), expected);
    };
    std::thread::scope(|scope| {
        for seed in 0..THREADS {
            scope.spawn(move || one(seed));
        }
    });
    // Every recording halved what is negative, which loses no digit.
    let factor = 0.5_f32.powi((THREADS * FRAMES) as i32);
    let expected = ramp(500).into_iter();
    let expected: Vec<_> = expected
        .map(|x| if x > 0.0 { x } else { x * factor })
        .collect();
    assert_eq!(download(device, queue, &common), expected);
}

/// Between recording and submitting, and for whatever follows: errors, where there is one, and no panic.
#[test]
fn a_device_that_is_lost_half_way() {
    let (device, queue) = gpu_with_limits(|_| {});
    let kernels = Kernels::new(&device);
    let (x, y) = (
        view(&upload(&device, &ramp(64))),
        view(&upload(&device, &ramp(64))),
    );
    let prepared = kernels.forward_in_place(&leaky(), &x).expect("prepared");
    let mut encoder = device.create_command_encoder(&Default::default());
    prepared.encode(&mut encoder);
    device.destroy();
    prepared.encode(&mut encoder);
    queue.submit([encoder.finish()]);
    let mut later = device.create_command_encoder(&Default::default());
    prepared.encode(&mut later);
    queue.submit([later.finish()]);
    let refused = kernels.forward_in_place(&leaky(), &y);
    assert!(
        matches!(refused, Err(KernelError::DeviceLost)),
        "{refused:?}"
    );
    let refused = kernels.forward_in_place(&Activation::gelu(), &y);
    assert!(
        matches!(refused, Err(KernelError::DeviceLost)),
        "{refused:?}"
    );
    // wgpu makes bind groups on it, which nobody will run.
    let rebound = prepared.rebind(&[(&x, &y)]).expect("of the same shape");
    let mut last = device.create_command_encoder(&Default::default());
    rebound.encode(&mut last);
    queue.submit([last.finish()]);
    let refused = prepared.set_parameters(&queue, &leaky());
    assert!(
        matches!(refused, Ok(()) | Err(KernelError::DeviceLost)),
        "{refused:?}"
    );
}

/// A pass does not tell whose it is: who is not sure asks first, and else wgpu tells its device's scope.
#[test]
fn a_device_that_it_was_not_prepared_on() {
    let adapter = adapter();
    let [(own, _), (other, _queue)] = [(); 2].map(|()| {
        pollster::block_on(adapter.request_device(&Default::default())).expect("a plain device")
    });
    let kernels = Kernels::new(&own);
    let buffer = view(&upload(&own, &ramp(64)));
    let prepared = kernels
        .forward_in_place(&leaky(), &buffer)
        .expect("prepared");
    prepared.check(&kernels.clone()).expect("they are its own");
    // That of another instance too, which wgpu takes for the same.
    let (third, _) = gpu_with_limits(|_| {});
    for device in [&other, &third] {
        let refused = prepared.check(&Kernels::new(device));
        let message = refused.expect_err("others").to_string();
        let expected = "leaky_relu was prepared by other kernels; prepare it by these";
        assert_eq!(message, expected);
    }
    let scope = other.push_error_scope(wgpu::ErrorFilter::Validation);
    let mut encoder = other.create_command_encoder(&Default::default());
    prepared.encode(&mut encoder);
    drop(encoder.finish());
    let reported = pollster::block_on(scope.pop());
    assert!(
        matches!(reported, Some(wgpu::Error::Validation { .. })),
        "{reported:?}"
    );
}
