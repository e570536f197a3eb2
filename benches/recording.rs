//! What it costs the caller's thread to record a prepared operation, and to rebind one:
//! `cargo bench --bench recording`.

use std::time::{Duration, Instant};

use criterion::{Criterion, criterion_group, criterion_main};
use wgpu_activations::{Activation, Kernels, Offload, Prepared, TensorView};

/// How many recordings go into one pass.
const RECORDINGS: u64 = 10_000;

fn storage(device: &wgpu::Device, elements: u64) -> TensorView {
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4 * elements,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    TensorView::f32(&buffer).expect("a storage buffer")
}

/// What is timed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Timed {
    /// The recordings alone.
    Recording,
    /// What wgpu puts off until the pass ends and the encoder is finished, too.
    Finishing,
}

/// How long so many recordings take.
fn record(device: &wgpu::Device, prepared: &Prepared, timed: Timed, recordings: u64) -> Duration {
    let mut spent = Duration::ZERO;
    let mut left = recordings;
    while left > 0 {
        let count = left.min(RECORDINGS);
        let mut encoder = device.create_command_encoder(&Default::default());
        let mut pass = encoder.begin_compute_pass(&Default::default());
        let start = Instant::now();
        for _ in 0..count {
            prepared.dispatch(&mut pass);
        }
        if timed == Timed::Recording {
            spent += start.elapsed();
        }
        drop(pass);
        drop(encoder.finish());
        if timed == Timed::Finishing {
            spent += start.elapsed();
        }
        left -= count;
    }
    spent
}

fn recording(criterion: &mut Criterion) {
    let gpu = Offload::new().expect("an adapter: `cargo xtask test` installs one");
    let (device, kernels): (_, &Kernels) = (gpu.device(), gpu.kernels());
    let [x, y, z] = [(); 3].map(|()| storage(device, 1024));
    // Vectors of four, and the rest: two dispatches.
    let [odd_x, odd_y] = [(); 2].map(|()| storage(device, 1023));
    let gelu = Activation::gelu();
    let forward = kernels.forward(&gelu, &x, &y).expect("prepared");
    let backward = kernels.backward(&gelu, &x, &y, &z).expect("prepared");
    let odd = kernels.forward(&gelu, &odd_x, &odd_y).expect("prepared");
    for (name, prepared) in [
        ("forward", &forward),
        ("backward", &backward),
        ("forward, two dispatches", &odd),
    ] {
        for (what, timed) in [
            ("record", Timed::Recording),
            ("record and finish", Timed::Finishing),
        ] {
            criterion.bench_function(&format!("{what}/{name}"), |bencher| {
                bencher.iter_custom(|recordings| record(device, prepared, timed, recordings));
            });
        }
    }
    criterion.bench_function("rebind/forward", |bencher| {
        bencher.iter(|| forward.rebind(&[(&y, &z)]).expect("of the same shape"));
    });
    criterion.bench_function("prepare/forward", |bencher| {
        bencher.iter(|| kernels.forward(&gelu, &x, &z).expect("prepared"));
    });
}

criterion_group!(benches, recording);
criterion_main!(benches);
