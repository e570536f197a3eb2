//! What a call of `Offload` costs beside the kernel: what the first preparation compiles, what a chunk costs that
//! passes through the device, and from which length on a call is faster than a loop on the CPU:
//! `cargo bench --bench host`. `recording` times the rest.

use std::hint::black_box;
use std::time::Duration;

use criterion::{BenchmarkId, Criterion, Throughput, criterion_group, criterion_main};
use wgpu_activations::offload::choose_adapter;
use wgpu_activations::{Activation, Kernels, Offload, TensorView};

/// Elements of the tensors that go to the device, and through a loop.
const LENGTHS: [usize; 9] = [
    1, 100, 1000, 10_000, 30_000, 100_000, 300_000, 1_000_000, 4_000_000,
];

/// Chunks into which a tensor is divided.
const CHUNKS: u64 = 256;

/// Elements of a chunk: so few that the kernel hardly counts.
const CHUNK: u64 = 1024;

fn offload() -> Offload {
    Offload::new().expect("an adapter: `cargo xtask test` installs one")
}

/// Finite numbers on both sides of zero.
fn numbers(len: usize) -> Vec<f32> {
    (0..len).map(|n| (n % 1001) as f32 / 125.0 - 4.0).collect()
}

fn preparing(criterion: &mut Criterion) {
    let gpu = offload();
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 4096,
        usage: wgpu::BufferUsages::STORAGE,
        mapped_at_creation: false,
    });
    let tensor = TensorView::f32(&buffer).expect("a storage buffer");
    for (name, activation) in [("relu", Activation::relu()), ("gelu", Activation::gelu())] {
        criterion.bench_function(&format!("prepare anew/{name}"), |bencher| {
            bencher.iter(|| {
                let kernels = Kernels::new(gpu.device());
                let prepared = kernels.forward_in_place(&activation, &tensor);
                prepared.expect("prepared")
            });
        });
    }
}

/// The same elements in one chunk and in many; the time is that of a chunk.
fn chunking(criterion: &mut Criterion) {
    let adapter = choose_adapter(None).expect("an adapter");
    let limits = wgpu::Limits {
        max_storage_buffer_binding_size: 4 * CHUNK,
        ..adapter.limits()
    };
    let small = pollster::block_on(Offload::open_with_limits(adapter, limits)).expect("a device");
    let x = numbers((CHUNKS * CHUNK) as usize);
    let mut y = x.clone();
    let identity = Activation::identity();
    let mut group = criterion.benchmark_group("chunking");
    for (gpu, chunks) in [(&offload(), 1), (&small, CHUNKS)] {
        group.throughput(Throughput::Elements(chunks));
        group.bench_function(BenchmarkId::new("chunks", chunks), |bencher| {
            bencher.iter(|| gpu.forward_into(&identity, &x, &mut y).expect("a result"));
        });
    }
}

fn small_tensors(criterion: &mut Criterion) {
    let gpu = offload();
    // As anyone writes it, on one thread; the standard library has no erf.
    let relu = |x: f32| x.max(0.0);
    let gelu = |x: f32| 0.5 * x * (1.0 + libm::erff(x * std::f32::consts::FRAC_1_SQRT_2));
    compare(criterion, &gpu, &Activation::relu(), relu);
    compare(criterion, &gpu, &Activation::gelu(), gelu);
}

fn compare(
    criterion: &mut Criterion,
    gpu: &Offload,
    activation: &Activation,
    function: impl Fn(f32) -> f32,
) {
    let mut group = criterion.benchmark_group(activation.name());
    for len in LENGTHS {
        let x = numbers(len);
        let mut y = vec![0.0; len];
        group.throughput(Throughput::Elements(len as u64));
        group.bench_function(BenchmarkId::new("loop", len), |bencher| {
            bencher.iter(|| {
                for (y, &x) in y.iter_mut().zip(black_box(&x)) {
                    *y = function(x);
                }
                black_box(&mut y);
            });
        });
        group.bench_function(BenchmarkId::new("offload", len), |bencher| {
            bencher.iter(|| gpu.forward_into(activation, &x, &mut y).expect("a result"));
        });
    }
}

criterion_group! {
    name = benches;
    config = Criterion::default()
        .warm_up_time(Duration::from_millis(300))
        .measurement_time(Duration::from_secs(1))
        .sample_size(20);
    targets = preparing, chunking, small_tensors
}
criterion_main!(benches);
