//! Gated units on the adapter, held against their f64 reference.

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod offload;
mod subject;
mod values;

use std::collections::HashSet;

use common::random::Random;
use common::subject::Subject;
use common::{download, gpu_with_limits, upload};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use subject::{Inputs, Tensor};
use wgpu_activations::reference::Reference;
use wgpu_activations::{
    Activation, CustomActivation, Dtype, Gate, GatedActivation, Parameter, TensorView,
};

const F32: Tensor = (Dtype::F32, 0);

/// All that have a name, one with a hyper-parameter, and one of a caller's own.
fn units() -> Vec<GatedActivation> {
    let named = GatedActivation::ALL.iter();
    let named = named.map(|row| GatedActivation::named(row.name).expect("its own name"));
    let sharp = GatedActivation::new(Activation::swish()).with("beta", 10.0);
    named
        .chain([sharp.expect("a valid beta"), custom()])
        .collect()
}

/// A cubic that is bent at the ends, so that it stays in range.
fn custom() -> GatedActivation {
    let cubic = CustomActivation::new(
        "held_cubic",
        "fn forward(x: f32, p: Parameters) -> f32 { let t = clamp(x, -4.0, 4.0); return p.scale * t * t * t; }
         fn derivative(x: f32, p: Parameters) -> f32 { return select(0.0, 3.0 * p.scale * x * x, abs(x) <= 4.0); }",
    );
    let cubic = cubic.and_then(|cubic| cubic.with_parameter(Parameter::new("scale", 0.5)));
    GatedActivation::new(Activation::custom(cubic.expect("valid").with_reference(
        Reference::new(
            |x, p| p[0] * x.clamp(-4.0, 4.0).powi(3),
            |x, p| {
                if x.abs() <= 4.0 {
                    3.0 * p[0] * x * x
                } else {
                    0.0
                }
            },
        ),
    )))
}

/// A unit with types for a, b, grad_output, output or grad_a, and grad_b. A compiler takes long for the seven
/// kernels of each, so these stand for all: any two types meet in any two of the first four places, and every
/// unit has a mix.
fn mixes() -> impl Iterator<Item = (GatedActivation, [Dtype; 5])> {
    use Dtype::{Bf16, F16, F32};
    let types = [
        [F32, F32, F32, F32, F16],
        [F32, F16, F16, F16, F16],
        [F32, Bf16, Bf16, Bf16, F16],
        [F16, F32, F16, Bf16, Bf16],
        [F16, F16, Bf16, F32, Bf16],
        [F16, Bf16, F32, F16, Bf16],
        [Bf16, F32, Bf16, F16, F32],
        [Bf16, F16, F32, Bf16, F32],
        [Bf16, Bf16, F16, F32, F32],
    ];
    units().into_iter().cycle().zip(types)
}

#[test]
fn mixes_meet_in_pairs() {
    let mixes: Vec<_> = mixes().collect();
    for first in 0..4 {
        for second in 0..first {
            let pairs = mixes.iter().map(|(_, types)| (types[first], types[second]));
            assert_eq!(
                pairs.collect::<HashSet<_>>().len(),
                9,
                "{first} and {second}"
            );
        }
    }
    assert!(units().len() <= mixes.len());
}

/// Ordinary numbers, and one in four from 1e-18 to 1e18.
fn numbers(seed: u64, count: usize) -> Vec<f32> {
    let mut random = Random(seed);
    let number = || {
        let magnitude = match random.once_in(4) {
            true => 10.0_f64.powf(random.unit() * 36.0 - 18.0),
            false => random.unit() * 8.0,
        };
        (magnitude * random.sign()) as f32
    };
    std::iter::repeat_with(number).take(count).collect()
}

/// Runs `check` on so many numbers of each kind.
fn with_numbers<T>(count: usize, check: impl FnOnce(&Inputs<'_>) -> T) -> T {
    let [a, b, grad_output] = [1, 2, 3].map(|seed| numbers(seed, count));
    check(&Inputs {
        a: &a,
        b: &b,
        grad_output: &grad_output,
    })
}

#[test]
fn every_unit_in_views_and_in_halves() {
    let gpu = Subject::shared();
    for gated in units() {
        let worst = with_numbers(20_003, |inputs| gpu.check_views(&gated, inputs, [F32; 5]));
        println!("{}: {worst:.2?} of {} ULP", gated.name(), gated.bound());
        for (shape, axis) in [(&[3, 5, 8, 7][..], 2), (&[60, 34], 1), (&[2, 4099], 0)] {
            for gate in [Gate::First, Gate::Second] {
                with_numbers(4099, |inputs| {
                    gpu.check_halves(&gated, (shape, axis, gate), inputs, [F32; 4]);
                });
            }
        }
    }
}

/// Whichever view starts or ends in the middle of a word.
#[test]
fn any_types_at_odd_offsets() {
    let gpu = Subject::shared();
    let gated = GatedActivation::swiglu();
    for types in [
        [0, 0, 0, 0, 0],
        [1, 1, 1, 1, 1],
        [2, 0, 1, 1, 2],
        [0, 2, 2, 2, 1],
    ] {
        for offsets in [[0; 5], [4, 64, 8, 12, 0], [1, 2, 3, 1, 4], [3, 1, 0, 5, 65]] {
            let tensors: Vec<_> = (0..5).map(|i| (Dtype::ALL[types[i]], offsets[i])).collect();
            for len in [1, 2, 5, 1027] {
                with_numbers(len, |inputs| {
                    gpu.check_views(&gated, inputs, tensors.clone().try_into().expect("five"));
                });
            }
            let tensors = [tensors[0], tensors[1], tensors[2], tensors[3]];
            for (shape, axis) in [(&[7, 2][..], 1), (&[2, 6, 5], 1), (&[40, 24], 1)] {
                with_numbers(500, |inputs| {
                    gpu.check_halves(&gated, (shape, axis, Gate::First), inputs, tensors);
                });
            }
        }
    }
}

#[test]
fn any_shape_axis_types_and_offsets() {
    let gpu = Subject::shared();
    let strategy = (
        prop::collection::vec(1_u64..9, 1..=5),
        0_i64..5,
        any::<bool>(),
        prop::sample::select(mixes().collect::<Vec<_>>()),
        [0_usize..70, 0..70, 0..70, 0..70, 0..70],
    );
    let mut runner = TestRunner::new(Config::with_cases(40));
    let run = runner.run(&strategy, |(mut shape, axis, is_first, mix, offsets)| {
        let (gated, types) = mix;
        let tensors = std::array::from_fn(|at| (types[at], offsets[at]));
        let rank = shape.len() as i64;
        shape[(axis % rank) as usize] *= 2;
        let axis = axis % rank - (axis & 1) * rank;
        let gate = if is_first { Gate::First } else { Gate::Second };
        let len = shape.iter().product::<u64>() / 2;
        with_numbers(len as usize, |inputs| {
            let [first, second, third, fourth, _] = tensors;
            let four = [first, second, third, fourth];
            gpu.check_halves(&gated, (&shape, axis, gate), inputs, four);
            gpu.check_views(&gated, inputs, tensors);
        });
        Ok(())
    });
    run.expect("all shapes");
}

/// Several rows to a binding, parts of one row, and rows that begin within a word.
#[test]
fn tensors_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 13;
    }));
    let gated = GatedActivation::geglu();
    for (shape, axis) in [
        (&[300, 34][..], 1),
        (&[2, 9_002], 1),
        (&[3, 4, 1501], 1),
        (&[2, 16_384], 0),
    ] {
        for (dtype, offset) in [
            (Dtype::F32, 0),
            (Dtype::F32, 3),
            (Dtype::F16, 4),
            (Dtype::Bf16, 1),
        ] {
            with_numbers(20_000, |inputs| {
                let tensors = [(dtype, offset), F32, (dtype, 5), (dtype, offset)];
                gpu.check_halves(&gated, (shape, axis, Gate::Second), inputs, tensors);
            });
        }
    }
    with_numbers(20_011, |inputs| {
        gpu.check_views(&gated, inputs, [F32; 5]);
        gpu.check_views(
            &gated,
            inputs,
            [(Dtype::Bf16, 1), F32, (Dtype::F16, 0), (Dtype::F16, 3), F32],
        );
    });
}

#[test]
fn more_workgroups_than_one_dimension_takes() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_compute_workgroups_per_dimension = 3;
    }));
    let gated = GatedActivation::reglu();
    for (shape, axis) in [(&[50_000, 2][..], 1), (&[2, 60_001], 0)] {
        with_numbers(60_001, |inputs| {
            gpu.check_halves(&gated, (shape, axis, Gate::First), inputs, [F32; 4]);
            gpu.check_views(&gated, inputs, [F32; 5]);
        });
    }
}

/// wgpu's downlevel limits: backward of views takes two dispatches there.
#[test]
fn four_storage_buffers_are_enough() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffers_per_shader_stage = 4;
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    for gated in units() {
        with_numbers(9_001, |inputs| {
            gpu.check_views(&gated, inputs, [F32; 5]);
            gpu.check_views(
                &gated,
                inputs,
                [F32, (Dtype::F16, 1), F32, (Dtype::Bf16, 3), (Dtype::F16, 1)],
            );
            let tensors = [(Dtype::F16, 1), F32, F32, (Dtype::Bf16, 0)];
            gpu.check_halves(&gated, (&[2, 9001], 0, Gate::Second), inputs, tensors);
        });
    }
}

/// Views of one buffer, which share words; a and b may be the same.
#[test]
fn views_of_one_buffer() {
    let gpu = Subject::shared();
    let gated = GatedActivation::bilinear();
    let buffer = upload(&gpu.device, &vec![0.0; 64]);
    gpu.queue.write_buffer(
        &buffer,
        0,
        bytemuck::cast_slice(&[half::f16::from_f32(3.0); 128]),
    );
    let view = |start: u64| TensorView::new(&buffer, Dtype::F16, 2 * start, 9).expect("inside");
    let (input, output) = (view(1), view(10));
    let squares = gpu.kernels.forward_gated(&gated, &input, &input, &output);
    gpu.run(&squares.expect("prepared"));
    let (grad_a, grad_b) = (view(19), view(28));
    let backward = gpu
        .kernels
        .backward_gated(&gated, &input, &output, &output, &grad_a, &grad_b);
    gpu.run(&backward.expect("prepared"));
    let words = download(&gpu.device, &gpu.queue, &buffer);
    let elements: &[half::f16] = bytemuck::cast_slice(&words);
    for (index, element) in elements.iter().enumerate() {
        let expected = match index {
            10..19 => 9.0,
            19..28 => 81.0,
            28..37 => 27.0,
            _ => 3.0,
        };
        assert_eq!(element.to_f32(), expected, "[{index}]");
    }
}
