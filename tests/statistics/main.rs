//! The statistics of tensors on the adapter, held against those that f64 gives.

mod bad_input;
#[path = "../common/mod.rs"]
mod common;
mod streamed;
mod subject;

use common::guarded::Guarded;
use common::random::Random;
use common::subject::Subject;
use common::{gpu_with_limits, run};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wgpu_activations::{Activation, CustomActivation, Dtype, Rows, Statistics, TensorView};

/// Numbers around 0, normally distributed.
fn normal(count: u64, seed: u64) -> Vec<f32> {
    let mut random = Random(seed);
    let mut next = || {
        let radius = (-2.0 * (1.0 - random.unit()).ln()).sqrt();
        (radius * (std::f64::consts::TAU * random.unit()).cos()) as f32
    };
    (0..count).map(|_| next()).collect()
}

fn one_channel(len: usize) -> Rows {
    Rows::along(&[1, len as u64], 0).expect("a shape")
}

#[test]
fn answers_that_are_known() {
    let gpu = Subject::shared();
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    // Two channels, one after the other in each of two rows.
    let values = [
        1.0, -2.0, 3.0, -4.0, nan, -1.0, -infinity, -3.0, infinity, 5.0, -6.0, -7.0,
    ];
    let channels = Rows::along(&[2, 2, 3], 1).expect("a shape");
    let all = gpu.records(&Activation::relu(), &channels, &values, (Dtype::F32, 0));
    // 1, -2, 3, -∞, -3, ∞ and -4, NaN, -1, 5, -6, -7.
    let [first, second] = &all[..] else {
        panic!("two channels")
    };
    assert_eq!((first.count(), second.count()), (6, 6));
    let input = first.input();
    assert_eq!((input.finite(), input.nan(), input.infinite()), (4, 0, 2));
    assert_eq!(
        (input.mean(), input.minimum(), input.maximum()),
        (-0.25, -3.0, 3.0)
    );
    assert_eq!(input.variance(), (23.0 - 0.25) / 4.0);
    // 1, 0, 3, 0, 0, ∞; 1, 0, 1, 0, 0, 1.
    assert_eq!((first.zeros(), first.saturated()), (3, 3));
    assert_eq!((first.output().infinite(), first.output().mean()), (1, 0.8));
    assert_eq!((first.slope().mean(), first.saturation()), (0.5, 0.5));
    let input = second.input();
    assert_eq!((input.finite(), input.nan(), input.mean()), (5, 1, -2.6));
    assert_eq!(
        (second.zeros(), second.saturated(), second.output().nan()),
        (4, 4, 1)
    );
    assert_eq!((second.slope().nan(), second.slope().mean()), (1, 0.2));

    let total: Statistics = all.iter().sum();
    assert_eq!((total.count(), total.zeros()), (12, 7));
    assert_eq!(total.input().mean(), -14.0 / 9.0);
    assert!((total.input().variance() - (150.0 - 196.0 / 9.0) / 9.0).abs() < 1e-12);
    assert!(!total.is_dead());
}

#[test]
fn every_activation() {
    let gpu = Subject::shared();
    let values: Vec<f32> = normal(3 * 700, 1).iter().map(|x| 4.0 * x).collect();
    let channels = Rows::along(&[3, 700], 0).expect("a shape");
    for definition in wgpu_activations::activation::catalogue() {
        let activation = Activation::from_definition(definition);
        gpu.check(&activation, &channels, &values, (Dtype::F32, 0));
    }
}

#[test]
fn random_shapes_of_any_type_at_any_offset() {
    let gpu = Subject::shared();
    let shapes = prop_oneof![
        prop::collection::vec(1_u64..9, 1..=5),
        prop::collection::vec(1_u64..200, 1..=2),
        (1_u64..3, 1_u64..4, 3000_u64..9000).prop_map(|(a, b, c)| vec![a, b, c]),
        (300_u64..3000, 1_u64..30).prop_map(|(a, b)| vec![a, b]),
    ];
    let cases = (
        shapes,
        any::<prop::sample::Index>(),
        prop::sample::select(Dtype::ALL.to_vec()),
        0_usize..7,
        any::<u64>(),
        prop::sample::select(vec![0_usize, 0, 3]),
    );
    let config = Config {
        cases: 60,
        failure_persistence: None,
        ..Config::default()
    };
    let result = TestRunner::new(config).run(&cases, |case| {
        let (shape, axis, dtype, offset, seed, strange) = case;
        let channels = Rows::along(&shape, axis.index(shape.len()) as i64).expect("an axis");
        let mut values = normal(channels.elements(), seed);
        let mut random = Random(seed);
        for index in 0..strange {
            let place = random.below(values.len());
            values[place] = [f32::NAN, f32::INFINITY, f32::NEG_INFINITY][index];
        }
        for activation in [Activation::relu(), Activation::gelu()] {
            gpu.check(&activation, &channels, &values, (dtype, offset));
        }
        Ok(())
    });
    result.expect("every shape");
}

#[test]
fn a_large_mean_beside_a_small_spread() {
    let gpu = Subject::shared();
    let around = |mean: f32, spread: f32| -> Vec<f32> {
        normal(40_000, 2)
            .iter()
            .map(|x| mean + spread * x)
            .collect()
    };
    let with_first = |first: f32, mut rest: Vec<f32>| {
        rest[0] = first;
        rest
    };
    let series = [
        around(1e4, 1e-2),
        around(-1e6, 1.0),
        // What the others are counted from is far from all of them.
        with_first(1e3, around(0.0, 1.0)),
        with_first(-3e38, around(1.0, 1e-3)),
        with_first(f32::NAN, around(1e5, 0.1)),
        // Squares that f32 cannot hold.
        around(0.0, 5e37),
        around(1e-24, 1e-26),
        around(0.0, 1e-30),
        vec![-0.125; 5000],
    ];
    for values in series {
        gpu.check(
            &Activation::identity(),
            &one_channel(values.len()),
            &values,
            (Dtype::F32, 0),
        );
    }
}

#[test]
fn dead_units() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[100, 5], 1).expect("a shape");
    let mut values = normal(500, 3);
    for (index, value) in values.iter_mut().enumerate() {
        if index % 5 == 3 {
            *value = -value.abs();
        }
    }
    let all = gpu.check(&Activation::relu(), &channels, &values, (Dtype::F16, 1));
    let dead: Vec<_> = all.iter().map(Statistics::is_dead).collect();
    assert_eq!(dead, [false, false, false, true, false]);
    assert_eq!((all[3].sparsity(), all[3].saturation()), (1.0, 1.0));
}

#[test]
fn tensors_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        *limits = wgpu::Limits::downlevel_defaults();
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    for (shape, axis) in [
        ([3, 7, 1000], 1),
        ([2, 2, 9000], 1),
        ([2000, 11, 1], 1),
        ([1, 1, 30_000], 0),
    ] {
        let channels = Rows::along(&shape, axis).expect("an axis");
        let values = normal(channels.elements(), 4);
        for dtype in Dtype::ALL {
            gpu.check(&Activation::tanh(), &channels, &values, (dtype, 3));
        }
    }
}

#[test]
fn nothing_has_empty_records() {
    let gpu = Subject::shared();
    for shape in [[0, 3], [3, 0]] {
        let channels = Rows::along(&shape, 1).expect("an axis");
        let all = gpu.records(&Activation::relu(), &channels, &[], (Dtype::F32, 0));
        assert_eq!(all, vec![Statistics::default(); shape[1] as usize]);
    }
    // Not even channels, at the end of their buffer.
    let input = Guarded::new(&gpu.device, Dtype::F32, &[0.0; 5], 0).view;
    let end =
        TensorView::new(input.buffer(), Dtype::F32, input.buffer().size(), 0).expect("the end");
    let channels = Rows::along(&[3, 0], 1).expect("an axis");
    let relu = Activation::relu();
    gpu.kernels
        .statistics(&relu, 1e-3, &channels, &end, &end)
        .expect("nothing to do");
    let nothing = Statistics::default();
    assert!(nothing.input().mean().is_nan() && nothing.sparsity().is_nan());
}

#[test]
fn parameters_change_without_preparing_anew() {
    let gpu = Subject::shared();
    let slope = |value| {
        let leaky = Activation::leaky_relu().with("negative_slope", value);
        leaky.expect("in range")
    };
    let input = Guarded::new(&gpu.device, Dtype::F32, &[-1.0, -3.0, 4.0], 0);
    let records = Guarded::new(&gpu.device, Dtype::F32, &[0.0; Statistics::WORDS], 0);
    let channels = one_channel(3);
    let (kernels, views) = (&gpu.kernels, (&input.view, &records.view));
    let prepared = kernels.statistics(&slope(0.5), 0.01, &channels, views.0, views.1);
    let prepared = prepared.expect("prepared");
    for (value, mean, saturated) in [(0.5, 2.0, 0), (0.0, 4.0, 2), (0.25, 3.0, 0)] {
        prepared
            .set_parameters(&gpu.queue, &slope(value))
            .expect("the same activation");
        run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
        let words = records.elements(&gpu.device, &gpu.queue);
        let all = Statistics::from_words(words.first_chunk().expect("a record"));
        assert_eq!(
            (3.0 * all.output().mean(), all.saturated()),
            (mean, saturated)
        );
    }
}

#[test]
fn an_activation_of_a_callers_own() {
    let gpu = Subject::shared();
    let cubic = CustomActivation::new(
        "cubic",
        "fn forward(x: f32) -> f32 { return x * x * x; }
         fn derivative(x: f32) -> f32 { return 3.0 * x * x; }",
    );
    let cubic = Activation::custom(cubic.expect("a name"));
    let all = gpu.records(&cubic, &one_channel(3), &[-1.0, 0.0, 3.0], (Dtype::Bf16, 2));
    assert_eq!(3.0 * all[0].output().mean(), 26.0);
    assert_eq!((all[0].slope().mean(), all[0].zeros()), (10.0, 1));
}
