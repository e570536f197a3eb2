//! Operations on views of any offset and length, recorded on a device that the library does not own.

#[path = "../common/mod.rs"]
mod common;
mod subject;

use common::guarded::{Guarded, bits, pack, unpack};
use common::subject::Subject;
use common::{adapter, download, gpu, gpu_of_its_own, gpu_with_limits, ramp, run, upload};
use proptest::prelude::*;
use wgpu_activations::{Activation, Dtype, Offload, Operation, TensorView};

/// leaky_relu with a slope that is a power of two, so that expectations are exact.
fn leaky() -> Activation {
    Activation::leaky_relu()
        .with("negative_slope", 0.25)
        .expect("a valid slope")
}

fn slope(x: f32) -> f32 {
    if x > 0.0 { 1.0 } else { 0.25 }
}

/// A tensor of f32 at that offset.
fn tensor(gpu: &Offload, values: &[f32], offset: usize) -> Guarded {
    Guarded::new(gpu.device(), Dtype::F32, values, offset)
}

/// The elements of a tensor of f32.
fn values(gpu: &Offload, tensor: &Guarded) -> Vec<f32> {
    let elements = tensor.elements(gpu.device(), gpu.queue());
    elements.into_iter().map(f32::from_bits).collect()
}

#[test]
fn every_operation_keeps_to_its_views() {
    let subject = Subject::shared();
    for &operation in Operation::ALL {
        for len in [0, 1, 2, 3, 4, 5, 63, 64, 65, 1023, 1024, 4096, 4099, 20_001] {
            for offsets in [[0, 0, 0], [4, 64, 8], [1, 1, 1], [3, 64, 130]] {
                subject.check(operation, len, &offsets.map(|at| (Dtype::F32, at)));
            }
        }
    }
}

/// Which tensors start or end in the middle of a 32-bit word does not matter, nor which types meet.
#[test]
fn every_combination_of_dtypes_keeps_to_its_views() {
    let subject = Subject::shared();
    for &operation in Operation::ALL {
        for dtypes in combinations(operation.operands().len()) {
            for len in [0, 1, 2, 3, 4, 7, 1025, 4098] {
                for offsets in [[0, 0, 0], [4, 64, 8], [1, 1, 1], [2, 3, 4], [64, 2, 131]] {
                    let tensors: Vec<_> = dtypes.iter().copied().zip(offsets).collect();
                    subject.check(operation, len, &tensors);
                }
            }
        }
    }
}

/// All ways to choose the types of `count` tensors.
fn combinations(count: usize) -> Vec<Vec<Dtype>> {
    (0..count).fold(vec![vec![]], |all, _| {
        let longer =
            |dtypes: Vec<Dtype>| Dtype::ALL.map(|dtype| [dtypes.as_slice(), &[dtype]].concat());
        all.into_iter().flat_map(longer).collect()
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 96, ..ProptestConfig::default() })]

    #[test]
    fn any_dtypes_offsets_and_length_work(
        operation in prop::sample::select(Operation::ALL.to_vec()),
        len in 0_usize..9_000,
        tensors in prop::collection::vec((prop::sample::select(Dtype::ALL.to_vec()), 0_usize..300), 3),
    ) {
        Subject::shared().check(operation, len, &tensors);
    }
}

#[test]
fn a_tensor_larger_than_a_binding_is_split() {
    let subject = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 4096;
    }));
    for &operation in Operation::ALL {
        for offsets in [[0, 4, 64], [5, 0, 9]] {
            subject.check(operation, 10_007, &offsets.map(|at| (Dtype::F32, at)));
            // A range may end in the middle of a word.
            subject.check(operation, 10_007, &offsets.map(|at| (Dtype::Bf16, at)));
        }
    }
}

#[test]
fn more_workgroups_than_one_dimension_takes_are_folded() {
    let subject = Subject::new(gpu_with_limits(|limits| {
        limits.max_compute_workgroups_per_dimension = 7;
    }));
    // 7 × 7 workgroups of 4096 elements, some of them idle, and more than one such grid.
    for len in [100_003, 190_000, 450_001] {
        let at = |offset| (Dtype::F32, offset);
        subject.check(Operation::Backward, len, &[at(0), at(0), at(0)]);
        subject.check(Operation::Forward, len, &[at(1), at(2)]);
    }
}

/// A buffer of a gibibyte, or of half of one on adapters that have no more.
fn large_buffer(gpu: &Offload) -> wgpu::Buffer {
    let create = |size| {
        let scope = gpu
            .device()
            .push_error_scope(wgpu::ErrorFilter::OutOfMemory);
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("large"),
            size,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        pollster::block_on(scope.pop()).is_none().then_some(buffer)
    };
    let found = [1 << 30, 1 << 29].into_iter().find_map(create);
    found.expect("an adapter has half a gibibyte")
}

#[test]
fn a_gibibyte_goes_through_small_bindings() {
    let gpu = gpu();
    let buffer = large_buffer(gpu);
    let len = buffer.size() / 4;
    // New buffers hold zeros: mark places at the ends and around each 128 MiB.
    let marks: Vec<u64> = (0..=8)
        .map(|part| part * (len / 8))
        .flat_map(|at| {
            [
                at.saturating_sub(65),
                at.saturating_sub(1),
                at,
                at + 1,
                at + 64,
            ]
        })
        .filter(|at| *at < len)
        .collect();
    for at in &marks {
        gpu.queue()
            .write_buffer(&buffer, at * 4, bytemuck::bytes_of(&-2.0_f32));
    }
    let view = TensorView::f32(&buffer).expect("a storage buffer");
    let prepared = gpu
        .kernels()
        .forward_in_place(&leaky(), &view)
        .expect("prepared");
    run(gpu.device(), gpu.queue(), |encoder| {
        prepared.encode(encoder)
    });

    let window = upload(gpu.device(), &[f32::NAN; 3]);
    for at in marks {
        let start = (at.saturating_sub(1)).min(len - 3);
        run(gpu.device(), gpu.queue(), |encoder| {
            encoder.copy_buffer_to_buffer(&buffer, start * 4, &window, 0, 12);
        });
        let found = download(gpu.device(), gpu.queue(), &window);
        assert_eq!(found[(at - start) as usize], -0.5, "element {at}");
        assert!(
            found.iter().all(|value| [0.0, -0.5].contains(value)),
            "around {at}: {found:?}"
        );
    }
}

#[test]
fn ranges_of_one_arena_serve_as_input_and_output() {
    const GUARD: f32 = -12_345.0;
    let gpu = gpu();
    let x = ramp(5_000);
    for (input, output) in [(0, 5_000), (7_777, 1_001), (64, 8_192)] {
        let mut all = vec![GUARD; 14_000];
        all[input..input + x.len()].copy_from_slice(&x);
        let arena = upload(gpu.device(), &all);
        let view = TensorView::f32(&arena).expect("a storage buffer");
        let part = |at: usize| {
            view.slice(at as u64..(at + x.len()) as u64)
                .expect("inside")
        };
        let prepared = gpu
            .kernels()
            .forward(&leaky(), &part(input), &part(output))
            .expect("disjoint");
        run(gpu.device(), gpu.queue(), |encoder| {
            prepared.encode(encoder)
        });
        let mut found = download(gpu.device(), gpu.queue(), &arena);
        let expected: Vec<f32> = x.iter().map(|x| x * slope(*x)).collect();
        assert_eq!(&found[output..output + x.len()], expected);
        assert_eq!(&found[input..input + x.len()], x);
        for range in [input..input + x.len(), output..output + x.len()] {
            found[range].fill(GUARD);
        }
        assert!(found.iter().all(|value| *value == GUARD));
    }
}

/// The last element of one tensor and the first of the next are halves of one 32-bit word.
#[test]
fn tensors_of_16_bits_may_share_a_word() {
    let gpu = gpu();
    let x = [-3.0, 0.5, 2.0, -0.25, 8.0];
    for dtype in [Dtype::F16, Dtype::Bf16] {
        for (first, second) in [(0, 5), (5, 0), (1, 6), (6, 1)] {
            let mut elements = vec![bits(dtype, -12_288.0); 12];
            for (at, x) in x.iter().enumerate() {
                elements[first + at] = bits(dtype, *x);
            }
            let words = bytemuck::pod_collect_to_vec(&pack(dtype, &elements));
            let buffer = upload(gpu.device(), &words);
            let view = |at: usize| {
                let offset = at as u64 * dtype.size();
                TensorView::new(&buffer, dtype, offset, x.len() as u64).expect("inside")
            };
            let prepared = gpu
                .kernels()
                .forward(&leaky(), &view(first), &view(second))
                .expect("disjoint");
            run(gpu.device(), gpu.queue(), |encoder| {
                prepared.encode(encoder)
            });
            for (at, x) in x.iter().enumerate() {
                elements[second + at] = bits(dtype, x * slope(*x));
            }
            let found = download(gpu.device(), gpu.queue(), &buffer);
            assert_eq!(unpack(dtype, bytemuck::cast_slice(&found)), elements);
        }
    }
}

#[test]
fn input_and_gradient_may_be_the_same_tensor() {
    let gpu = gpu();
    let x = ramp(1_001);
    let (input, output) = (
        upload(gpu.device(), &x),
        upload(gpu.device(), &vec![0.0; x.len()]),
    );
    let (input, output) = (
        TensorView::f32(&input).expect("storage"),
        TensorView::f32(&output).expect("storage"),
    );
    let prepared = gpu
        .kernels()
        .backward(&leaky(), &input, &input, &output)
        .expect("prepared");
    run(gpu.device(), gpu.queue(), |encoder| {
        prepared.encode(encoder)
    });
    let expected: Vec<f32> = x.iter().map(|x| slope(*x) * x).collect();
    assert_eq!(
        download(gpu.device(), gpu.queue(), output.buffer()),
        expected
    );
}

#[test]
fn pipelines_are_compiled_once_whatever_passes_through() {
    let gpu = gpu_of_its_own();
    for len in [4, 400, 40_000] {
        for negative_slope in [0.1, 0.2, 0.5] {
            let activation = Activation::leaky_relu()
                .with("negative_slope", negative_slope)
                .expect("valid");
            let (input, output) = (tensor(&gpu, &ramp(len), 0), tensor(&gpu, &ramp(len), 0));
            gpu.kernels()
                .forward(&activation, &input.view, &output.view)
                .expect("prepared");
        }
    }
    assert_eq!(gpu.kernels().pipelines(), 1);
    // A tail that fills no vector, and a second operation.
    let (input, output) = (tensor(&gpu, &ramp(5), 0), tensor(&gpu, &ramp(5), 0));
    gpu.kernels()
        .forward(&leaky(), &input.view, &output.view)
        .expect("prepared");
    assert_eq!(gpu.kernels().pipelines(), 2);
    let clone = gpu.kernels().clone();
    clone
        .forward_in_place(&leaky(), &input.view)
        .expect("prepared");
    assert_eq!(gpu.kernels().pipelines(), 4);
    // Another type of elements, in vectors and for the tail.
    let half = Guarded::new(gpu.device(), Dtype::F16, &ramp(5), 0);
    clone
        .forward_in_place(&leaky(), &half.view)
        .expect("prepared");
    assert_eq!(gpu.kernels().pipelines(), 6);
}

#[test]
fn a_prepared_operation_takes_new_values_of_its_parameters() {
    let gpu = gpu_of_its_own();
    let x = ramp(4_003);
    let (input, output) = (tensor(&gpu, &x, 1), tensor(&gpu, &x, 2));
    let prepared = gpu
        .kernels()
        .forward(&leaky(), &input.view, &output.view)
        .expect("prepared");
    let compiled = gpu.kernels().pipelines();
    for negative_slope in [0.5, -1.0, 0.125] {
        let activation = Activation::leaky_relu()
            .with("negative_slope", negative_slope)
            .expect("valid");
        prepared
            .set_parameters(gpu.queue(), &activation)
            .expect("the same activation");
        run(gpu.device(), gpu.queue(), |encoder| {
            prepared.encode(encoder)
        });
        let expected: Vec<f32> = x
            .iter()
            .map(|&x| {
                if x > 0.0 {
                    x
                } else {
                    x * negative_slope as f32
                }
            })
            .collect();
        assert_eq!(values(&gpu, &output), expected);
    }
    assert_eq!(gpu.kernels().pipelines(), compiled);
    assert_eq!(values(&gpu, &input), x);
    let refused = prepared.set_parameters(gpu.queue(), &Activation::elu());
    assert!(refused.is_err_and(|error| error.to_string().contains("leaky_relu")));
}

#[test]
fn it_records_into_a_pass_that_is_open() {
    let gpu = gpu();
    let x = ramp(999);
    let (input, output) = (tensor(gpu, &x, 0), tensor(gpu, &x, 0));
    let first = gpu
        .kernels()
        .forward(&leaky(), &input.view, &output.view)
        .expect("prepared");
    let second = gpu
        .kernels()
        .forward_in_place(&leaky(), &output.view)
        .expect("prepared");
    run(gpu.device(), gpu.queue(), |encoder| {
        let mut pass = encoder.begin_compute_pass(&Default::default());
        first.dispatch(&mut pass);
        second.dispatch(&mut pass);
    });
    let expected: Vec<f32> = x.iter().map(|x| x * slope(*x) * slope(*x)).collect();
    assert_eq!(values(gpu, &output), expected);
}

#[test]
fn webgpu_default_limits_are_enough() {
    let adapter = adapter();
    for required_limits in [wgpu::Limits::defaults(), wgpu::Limits::downlevel_defaults()] {
        let descriptor = wgpu::DeviceDescriptor {
            required_limits,
            ..Default::default()
        };
        let device = pollster::block_on(adapter.request_device(&descriptor));
        let subject = Subject::new(device.expect("a plain device"));
        for &operation in Operation::ALL {
            for dtype in Dtype::ALL {
                subject.check(operation, 5_003, &[0, 8, 3].map(|at| (dtype, at)));
            }
        }
    }
}
