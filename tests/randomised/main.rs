//! Random slopes on the adapter, held against published and computed bits.

#[path = "../common/mod.rs"]
mod common;
mod offload;
mod philox;
mod statistics;
mod subject;

use common::guarded::{Guarded, bits, value};
use common::subject::Subject;
use common::{gpu, gpu_with_limits, ramp, run};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wgpu_activations::{Activation, Dtype, Kernels, Operation, RandomisedRelu, Seed};

#[test]
fn slopes_have_the_bits_of_the_table() {
    let gpu = Subject::shared();
    let table = include_str!("../data/slopes.tsv");
    let mut checked = 0;
    for line in table.lines().filter(|line| !line.starts_with('#')) {
        let fields: Vec<_> = line.split('\t').collect();
        let number = |index: usize| -> u64 { fields[index].parse().expect("an integer") };
        let bound = |index: usize| -> f32 { fields[index].parse().expect("a bound") };
        let relu = RandomisedRelu::new(bound(0), bound(1)).expect("bounds");
        let seed = Seed::new(number(2)).with_offset(number(3));
        let expected = u32::from_str_radix(fields[5], 16).expect("bits");
        let slopes = gpu.slopes(&relu, seed.from_element(number(4)), 1);
        assert_eq!(slopes[0].to_bits(), expected, "{line}");
        checked += 1;
    }
    assert!(checked > 400, "{checked} lines");
}

#[test]
fn every_operation_in_every_mix_of_types() {
    let gpu = Subject::shared();
    for &operation in Operation::ALL {
        for first in Dtype::ALL {
            for second in Dtype::ALL {
                for offsets in [[0, 0, 0], [4, 64, 8], [1, 2, 5]] {
                    for seed in [Seed::new(3), Seed::new(3).from_element(2)] {
                        let tensors = [
                            (first, offsets[0]),
                            (second, offsets[1]),
                            (first, offsets[2]),
                        ];
                        gpu.check(operation, seed, 1030, &tensors);
                    }
                }
            }
        }
    }
}

#[test]
fn any_types_offsets_length_and_seed() {
    let gpu = Subject::shared();
    let strategy = (
        prop::sample::select(Operation::ALL.to_vec()),
        0_usize..5000,
        prop::collection::vec((prop::sample::select(Dtype::ALL.to_vec()), 0_usize..300), 3),
        (any::<u64>(), any::<u64>(), any::<u64>()),
    );
    let mut runner = TestRunner::new(Config::with_cases(64));
    let run = runner.run(
        &strategy,
        |(operation, len, tensors, (key, offset, element))| {
            let seed = Seed::new(key).with_offset(offset).from_element(element);
            gpu.check(operation, seed, len, &tensors);
            Ok(())
        },
    );
    run.expect("all of them");
}

/// Ranges begin anywhere among four elements, and on each side of 2³² counters.
#[test]
fn a_tensor_larger_than_a_binding_has_the_same_slopes() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 12;
    }));
    let seed = Seed::new(9).with_offset((1 << 32) - 700);
    for &operation in Operation::ALL {
        for tensors in [
            [(Dtype::F32, 0); 3],
            [(Dtype::F16, 5), (Dtype::F32, 1), (Dtype::Bf16, 3)],
        ] {
            gpu.check(operation, seed, 10_007, &tensors);
            gpu.check(operation, seed.from_element(1), 10_007, &tensors);
        }
    }
}

#[test]
fn parts_of_a_tensor_have_the_slopes_of_the_whole() {
    let gpu = Subject::shared();
    let (relu, seed) = (RandomisedRelu::default(), Seed::new(5));
    let whole = gpu.slopes(&relu, seed, 5000);
    for (start, len) in [(0, 7), (1, 1000), (2046, 999), (4999, 1)] {
        let part = gpu.slopes(&relu, seed.from_element(start as u64), len);
        assert_eq!(part, whole[start..start + len]);
    }
}

#[test]
fn gradients_have_the_slopes_of_the_forward_pass() {
    let gpu = Subject::shared();
    let relu = RandomisedRelu::new(-0.7, 1.3).expect("bounds");
    let seed = Seed::new(11).from_element(3);
    let x: Vec<f32> = ramp(3000);
    let y = gpu.forward(&relu, seed, &x);
    let gradients = gpu.backward(&relu, seed, &x);
    for ((x, y), gradient) in x.iter().zip(y).zip(gradients) {
        assert_eq!(y, x * gradient);
        assert!(*x <= 0.0 || gradient == 1.0);
        assert!((-0.7..=1.3).contains(&gradient));
    }
}

#[test]
fn special_values() {
    let gpu = Subject::shared();
    let infinity = f32::INFINITY;
    let x = [f32::NAN, infinity, -infinity, 0.0, f32::MAX, f32::MIN];
    let zero = RandomisedRelu::new(0.0, 0.0).expect("bounds");
    for (relu, below) in [
        (RandomisedRelu::default(), -infinity),
        (zero.clone(), 0.0),
        (RandomisedRelu::new(-2.0, -1.0).expect("bounds"), infinity),
    ] {
        let y = gpu.forward(&relu, Seed::default(), &x);
        let gradients = gpu.backward(&relu, Seed::default(), &x);
        assert!(y[0].is_nan() && gradients[0].is_nan());
        assert_eq!(y[1..4], [infinity, below, 0.0]);
        assert_eq!(y[4], f32::MAX);
        assert_eq!([gradients[1], gradients[4]], [1.0; 2]);
        for at in [2, 3, 5] {
            assert!((relu.lower()..=relu.upper()).contains(&gradients[at]));
        }
    }
    assert_eq!(gpu.forward(&zero, Seed::default(), &x)[5], 0.0);
}

#[test]
fn seeds_and_bounds_change_without_preparing_anew() {
    let offload = gpu();
    let (device, queue) = (offload.device(), offload.queue());
    let kernels = Kernels::new(device);
    let x = vec![-1.0; 2001];
    let input = Guarded::new(device, Dtype::F32, &x, 0);
    let output = Guarded::new(device, Dtype::F32, &x, 0);
    let (first, second) = (RandomisedRelu::default(), RandomisedRelu::new(0.5, 0.75));
    let second = second.expect("bounds");
    let prepared = kernels
        .forward_randomised(&first, Seed::new(1), &input.view, &output.view)
        .expect("prepared");
    let pipelines = kernels.pipelines();
    let slopes = || {
        run(device, queue, |encoder| prepared.encode(encoder));
        let elements = output.elements(device, queue).into_iter();
        elements
            .map(|bits| -f32::from_bits(bits))
            .collect::<Vec<_>>()
    };
    let gpu = Subject::shared();
    let seeds = [
        Seed::new(1),
        Seed::new(2),
        Seed::new(2).with_offset(1 << 40),
        Seed::new(2).from_element(1),
    ];
    for seed in seeds {
        prepared.set_seed(queue, seed).expect("it has a seed");
        assert_eq!(slopes(), gpu.slopes(&first, seed, x.len()));
    }
    prepared
        .set_parameters(queue, second.evaluation())
        .expect("rrelu");
    assert_eq!(slopes(), gpu.slopes(&second, seeds[3], x.len()));
    assert_eq!(kernels.pipelines(), pipelines);

    let plain = kernels
        .forward(&Activation::relu(), &input.view, &output.view)
        .expect("prepared");
    let error = plain.set_seed(queue, Seed::new(1)).expect_err("no seed");
    assert!(
        error
            .to_string()
            .contains("relu was prepared without a seed"),
        "{error}"
    );
}

#[test]
fn bounds_that_make_no_sense_are_refused() {
    for (lower, upper, word) in [
        (0.5, 0.25, "must not exceed upper"),
        (f32::NAN, 0.25, "lower = NaN"),
        (0.0, f32::INFINITY, "upper = inf"),
        (0.0, 1e20, "1e12"),
    ] {
        let error = RandomisedRelu::new(lower, upper)
            .expect_err("refused")
            .to_string();
        assert!(error.contains(word), "{error}");
    }
    let offload = gpu();
    let short = Guarded::new(offload.device(), Dtype::F32, &[1.0], 0);
    let long = Guarded::new(offload.device(), Dtype::F32, &[1.0; 2], 0);
    let kernels = Kernels::new(offload.device());
    let (relu, seed) = (RandomisedRelu::default(), Seed::default());
    assert!(
        kernels
            .forward_randomised(&relu, seed, &short.view, &long.view)
            .is_err()
    );
    assert!(
        kernels
            .forward_randomised(&relu, seed, &short.view, &short.view)
            .is_err()
    );
}

/// The value that the nearest element has.
fn rounded(dtype: Dtype, number: f64) -> f32 {
    value(dtype, bits(dtype, number as f32))
}
