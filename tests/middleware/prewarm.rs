//! Pipelines compiled before they are needed.

use std::sync::mpsc;
use std::time::Duration;

use wgpu_activations::{Activation, KernelError, Kernels};

use crate::common::{adapter, download, gpu, ramp, run, upload};
use crate::{leaky, leaky_of, view};

#[test]
fn what_was_prewarmed_is_not_compiled_again() {
    let gpu = gpu();
    let kernels = Kernels::new(gpu.device());
    let x = ramp(1001);
    let buffer = || view(&upload(gpu.device(), &x));
    // Five elements stand for any number of them.
    let small = || view(&upload(gpu.device(), &ramp(5)));
    let (a, b) = (small(), small());
    let (gelu, leaky) = (Activation::gelu(), leaky());
    let warm = kernels
        .prewarm(&[
            &|kernels| kernels.forward(&gelu, &a, &b),
            &|kernels| kernels.forward(&leaky, &a, &b),
            &|kernels| kernels.backward_in_place(&leaky, &a, &b),
        ])
        .expect("prepared");
    assert_eq!(warm.len(), 3);
    // Vectors of four and what remains.
    assert_eq!(kernels.pipelines(), 6);
    let (input, output) = (buffer(), buffer());
    let prepared = kernels.forward(&leaky, &input, &output).expect("prepared");
    assert_eq!(kernels.pipelines(), 6);
    run(gpu.device(), gpu.queue(), |encoder| {
        prepared.encode(encoder)
    });
    let expected: Vec<_> = x.iter().copied().map(leaky_of).collect();
    assert_eq!(
        download(gpu.device(), gpu.queue(), output.buffer()),
        expected
    );
}

/// In the order in which they were given, whoever was first.
#[test]
fn operations_come_in_order() {
    let gpu = gpu();
    let buffers: Vec<_> = (1..=9)
        .map(|len| upload(gpu.device(), &ramp(len)))
        .collect();
    let leaky = leaky();
    let prepare: Vec<_> = buffers
        .iter()
        .map(|buffer| |kernels: &Kernels| kernels.forward_in_place(&leaky, &view(buffer)))
        .collect();
    let list: Vec<_> = prepare.iter().map(|prepare| prepare as _).collect();
    let prepared = gpu.kernels().prewarm(&list).expect("prepared");
    for (index, (prepared, buffer)) in prepared.iter().zip(&buffers).enumerate() {
        let before = download(gpu.device(), gpu.queue(), buffer);
        run(gpu.device(), gpu.queue(), |encoder| {
            prepared.encode(encoder)
        });
        let expected: Vec<_> = before.into_iter().map(leaky_of).collect();
        assert_eq!(
            download(gpu.device(), gpu.queue(), buffer),
            expected,
            "{index}"
        );
    }
}

/// Each of two waits for the other: one after the other, they would wait in vain.
#[test]
fn several_are_prepared_at_the_same_time() {
    if std::thread::available_parallelism().is_ok_and(|threads| threads.get() < 2) {
        return;
    }
    let gpu = gpu();
    let buffer = view(&upload(gpu.device(), &ramp(5)));
    let meet = || {
        let (send, receive) = mpsc::channel();
        (send, std::sync::Mutex::new(receive))
    };
    let ((left, at_left), (right, at_right)) = (meet(), meet());
    let leaky = leaky();
    let met = |send: &mpsc::Sender<()>, receive: &std::sync::Mutex<mpsc::Receiver<()>>| {
        send.send(()).expect("somebody listens");
        let receive = receive.lock().expect("nobody panicked");
        receive
            .recv_timeout(Duration::from_secs(60))
            .expect("the other one runs too");
    };
    let prepared = gpu.kernels().prewarm(&[
        &|kernels| {
            met(&left, &at_right);
            kernels.forward_in_place(&leaky, &buffer)
        },
        &|kernels| {
            met(&right, &at_left);
            kernels.forward_in_place(&leaky, &buffer)
        },
    ]);
    assert_eq!(prepared.expect("prepared").len(), 2);
}

#[test]
fn the_first_error_is_given() {
    let gpu = gpu();
    let (five, six) = (
        upload(gpu.device(), &ramp(5)),
        upload(gpu.device(), &ramp(6)),
    );
    let (five, six) = (view(&five), view(&six));
    let leaky = leaky();
    let refused = gpu.kernels().prewarm(&[
        &|kernels| kernels.forward_in_place(&leaky, &five),
        &|kernels| kernels.forward(&leaky, &five, &six),
        &|kernels| kernels.prepare(&leaky, wgpu_activations::Operation::Forward, &[&five]),
    ]);
    assert!(
        matches!(refused, Err(KernelError::LengthMismatch { .. })),
        "{refused:?}"
    );
    assert!(
        gpu.kernels()
            .prewarm(&[])
            .expect("nothing to do")
            .is_empty()
    );
}

/// Whether a driver keeps something in it is its own affair, and Mesa's software drivers do not. But wgpu
/// refuses the cache of another device, so that what it does not refuse has been given to the driver.
#[test]
fn pipelines_go_through_the_callers_cache() {
    let adapter = adapter();
    if !adapter.features().contains(wgpu::Features::PIPELINE_CACHE) {
        let backend = adapter.get_info().backend;
        assert_ne!(backend, wgpu::Backend::Vulkan, "its devices have caches");
        return;
    }
    let [(device, queue), (other, _queue)] = [(); 2].map(|()| {
        let descriptor = wgpu::DeviceDescriptor {
            required_features: wgpu::Features::PIPELINE_CACHE,
            ..Default::default()
        };
        pollster::block_on(adapter.request_device(&descriptor)).expect("the feature is there")
    });
    let x = ramp(9);
    let buffer = upload(&device, &x);
    let kernels = Kernels::with_pipeline_cache(&device, &empty_cache(&device));
    let prepared = kernels.forward_in_place(&leaky(), &view(&buffer));
    let prepared = prepared.expect("prepared");
    run(&device, &queue, |encoder| prepared.encode(encoder));
    let expected: Vec<_> = x.into_iter().map(leaky_of).collect();
    assert_eq!(download(&device, &queue, &buffer), expected);

    let kernels = Kernels::with_pipeline_cache(&device, &empty_cache(&other));
    let refused = kernels.forward_in_place(&leaky(), &view(&buffer));
    let error = refused.expect_err("another device's cache");
    assert!(matches!(error, KernelError::Refused { .. }), "{error:?}");
    assert!(error.to_string().contains("PipelineCache"), "{error}");
}

fn empty_cache(device: &wgpu::Device) -> wgpu::PipelineCache {
    #[expect(unsafe_code, reason = "wgpu cannot tell where data come from")]
    // SAFETY: there are no data.
    unsafe {
        device.create_pipeline_cache(&wgpu::PipelineCacheDescriptor {
            label: None,
            data: None,
            fallback: false,
        })
    }
}
