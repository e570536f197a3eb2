//! Masked rows, held against the f64 reference and known answers.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wgpu_activations::{Dtype, RowActivation, Rows};

use super::common::gpu_with_limits;
use super::common::subject::Subject;
use super::masked::{
    Masked, check_gradients, check_masked, check_masked_forward, check_masked_in_place, results,
};
use super::mixes::{MIXES, mix_for};
use super::subject::{Tensor, check_backward};
use super::{F32, activations, values};

/// Mostly small numbers, some −∞ and some that leave nothing of an element.
fn biases(count: u64) -> Vec<f32> {
    let bias = |(index, x): (usize, f32)| match index % 7 {
        3 => f32::NEG_INFINITY,
        5 => -1e5,
        _ => x,
    };
    values(count, 30.0)
        .into_iter()
        .enumerate()
        .map(bias)
        .collect()
}

/// Bytes of which about a third are 0.
fn truths(count: u64) -> Vec<u8> {
    values(count, 3.0)
        .iter()
        .map(|x| if *x < -1.0 { 0 } else { x.to_bits() as u8 | 1 })
        .collect()
}

#[test]
fn attention_scores_under_every_mask() {
    let gpu = Subject::shared();
    let shape = [2, 3, 17, 40];
    let values = values(2 * 3 * 17 * 40, 10.0);
    for activation in activations() {
        for mask in [
            &[2, 1, 1, 40][..],
            &[1, 1, 17, 40],
            &[2, 1, 17, 40],
            &[17, 40],
            &[40],
            &[2, 3, 17, 1],
            &[1],
            &[],
        ] {
            let count = mask.iter().product();
            let additive =
                Masked::additive(gpu, (&shape, -1), mask, &biases(count), (Dtype::F32, 1));
            check_masked(gpu, &activation, &additive, &values, F32);
            let boolean = Masked::boolean(gpu, (&shape, -1), mask, &truths(count), 3);
            check_masked(gpu, &activation, &boolean, &values, F32);
            check_gradients(gpu, &activation, &boolean, &values);
        }
        for offset in [None, Some(0), Some(-20), Some(100)] {
            let causal = Masked::causal((&shape, -1), offset);
            let worst = check_masked(gpu, &activation, &causal, &values, F32);
            println!("{activation:?} causal {offset:?}: {worst:.2} ULP");
        }
    }
}

/// A tensor under an additive, a boolean and a causal mask, with tensors of their own for the results and in
/// place by turns: a compiler takes long for each, so what one shape has apart another has in place.
fn check_all(gpu: &Subject, turn: usize, shape: &[u64], axis: i64, mask: &[u64]) {
    let values = values(shape.iter().product(), 12.0);
    let count = mask.iter().product();
    let seen = (shape, axis);
    let additive = |dtype| Masked::additive(gpu, seen, mask, &biases(count), (dtype, 5));
    let (softmin, log_softmax) = (RowActivation::softmin(), RowActivation::log_softmax());
    let cases = [
        (softmin, additive(Dtype::F32), 0),
        (log_softmax, additive(Dtype::Bf16), 1),
        (
            log_softmax,
            Masked::boolean(gpu, seen, mask, &truths(count), 5),
            0,
        ),
        (softmin, Masked::causal(seen, None), 1),
        (softmin, Masked::causal(seen, Some(3)), 1),
    ];
    for (activation, masked, at) in cases {
        let (input, output) = ((Dtype::F32, 1), (Dtype::F16, 3));
        if at == turn {
            check_masked_forward(gpu, &activation, &masked, &values, [input, output]);
        } else {
            check_masked_in_place(gpu, &activation, &masked, &values, input);
        }
    }
}

#[test]
fn masks_of_divided_rows() {
    let gpu = Subject::shared();
    check_all(gpu, 1, &[2, 70_001], -1, &[70_001]);
    check_all(gpu, 0, &[2, 66_000, 2], 1, &[2, 66_000, 1]);
}

#[test]
fn masks_of_rows_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    check_all(&gpu, 0, &[2, 20_000], 1, &[20_000]);
    check_all(&gpu, 1, &[2, 300, 70], 1, &[300, 70]);
    check_all(&gpu, 1, &[2, 300, 70], 1, &[300, 1]);
    check_all(&gpu, 0, &[2, 3, 7, 3000], 2, &[3, 1, 3000]);
    // The mask alone is larger than a binding, and begins anew inside of one of the tensor's.
    check_all(&gpu, 1, &[3, 100, 60], 2, &[100, 60]);
}

/// As few storage buffers as a kernel may count on: a divided row needs all of them.
#[test]
fn masks_at_the_lowest_limits() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        *limits = wgpu::Limits::downlevel_defaults();
    }));
    check_all(&gpu, 0, &[1, 70_001], -1, &[70_001]);
}

#[test]
fn what_is_left_out_does_no_harm() {
    let gpu = Subject::shared();
    let (nan, infinity) = (f32::NAN, f32::INFINITY);
    let values = [1.0, nan, 2.0, infinity, -infinity, f32::MAX, -f32::MAX, 0.5];
    let kept = [1_u8, 0, 1, 0, 0, 0, 1, 255];
    // −∞ leaves out everything but NaN.
    let finite = values.map(|x| if x.is_nan() { infinity } else { x });
    let added = kept.map(|kept| if kept == 0 { -infinity } else { 0.25 });
    for activation in activations() {
        for repeat in [1, 250, 5000] {
            let count = 8 * repeat;
            let shape = [count as u64];
            let mask = Masked::boolean(gpu, (&shape, 0), &shape, &kept.repeat(repeat), 1);
            check_masked(gpu, &activation, &mask, &values.repeat(repeat), F32);
            let outputs = results(gpu, &activation, &mask.mask, &values.repeat(repeat));
            assert!(outputs.iter().all(|y| !y.is_nan()), "{activation:?}");
            let added = added.repeat(repeat);
            let mask = Masked::additive(gpu, (&shape, 0), &shape, &added, (Dtype::F32, 0));
            check_masked_forward(gpu, &activation, &mask, &finite.repeat(repeat), F32);
            // Here NaN takes part.
            check_masked_forward(gpu, &activation, &mask, &values.repeat(repeat), F32);
        }
    }
}

#[test]
fn special_values_in_masks() {
    let gpu = Subject::shared();
    let (max, infinity) = (f32::MAX, f32::INFINITY);
    let values = [0.0, 1.0, max, -max, infinity, -infinity, 1e-40, 3.0];
    for activation in activations() {
        for special in [f32::NAN, infinity, -infinity, max, -max, 1e30, -1e-40] {
            for at in 0..values.len() {
                let mut mask = [0.5; 8];
                mask[at] = special;
                let mask = Masked::additive(gpu, (&[8], 0), &[8], &mask, (Dtype::F32, 0));
                check_masked(gpu, &activation, &mask, &values, F32);
                // Without what makes the row NaN, and so far apart that the rest of a sum does not count.
                let finite = [0.0, 1.0, 1e30, -1e30, 3e30, -3e30, 1e-40, 3.0];
                check_masked(gpu, &activation, &mask, &finite, F32);
                for infinite in [infinity, -infinity] {
                    let values = [0.0, 1.0, infinite, -1.0, 3.0, infinite, 1e-40, 3.0];
                    check_masked(gpu, &activation, &mask, &values, F32);
                }
            }
        }
    }
}

#[test]
fn a_row_of_which_nothing_is_left_is_0_and_has_no_gradient() {
    let gpu = Subject::shared();
    let shape = [3, 5];
    let values = [2.0; 15];
    let masks = [
        Masked::boolean(gpu, (&shape, 1), &[3, 1], &[0, 1, 0], 0),
        Masked::additive(
            gpu,
            (&shape, 1),
            &[3, 1],
            &[f32::NEG_INFINITY, 1.0, f32::NEG_INFINITY],
            F32[0],
        ),
    ];
    for masked in masks {
        for activation in activations() {
            let outputs = results(gpu, &activation, &masked.mask, &values);
            let is_log = activation.function() == RowActivation::log_softmax().function();
            let (nothing, fifth) = if is_log {
                (f32::NEG_INFINITY, -1.609_438)
            } else {
                (0.0, 0.2)
            };
            assert_eq!(outputs[..5], [nothing; 5]);
            assert_eq!(outputs[5..10], [fifth; 5]);
            assert_eq!(outputs[10..], [nothing; 5]);
            let gradients: Vec<f32> = (0..15).map(|n| n as f32 - 4.0).collect();
            let worst = check_backward(
                gpu,
                &activation,
                masked.mask.rows(),
                [&outputs, &gradients],
                [(Dtype::F32, 0); 3],
            );
            assert!(worst < 8.0);
        }
    }
    let causal = Masked::causal((&shape, 1), Some(-2));
    let outputs = results(gpu, &RowActivation::softmax(), &causal.mask, &values);
    assert_eq!(
        outputs,
        [[0.0; 10].as_slice(), &[1.0, 0.0, 0.0, 0.0, 0.0]].concat()
    );
}

#[test]
fn known_answers() {
    let gpu = Subject::shared();
    let softmax = RowActivation::softmax();
    // Two queries after two cached keys.
    let causal = Masked::causal((&[2, 4], 1), None);
    let outputs = results(gpu, &softmax, &causal.mask, &[7.0; 8]);
    let third = 1.0 / 3.0;
    assert_eq!(outputs, [third, third, third, 0.0, 0.25, 0.25, 0.25, 0.25]);
    // ln(1 + e^-40): what the mask adds makes the difference.
    let bias = Masked::additive(gpu, (&[2], 0), &[2], &[25.0, 0.0], F32[0]);
    let outputs = results(gpu, &RowActivation::log_softmax(), &bias.mask, &[15.0, 0.0]);
    assert!(
        (outputs[0] / -4.248_354e-18 - 1.0).abs() < 1e-6,
        "{}",
        outputs[0]
    );
    assert_eq!(outputs[1], -40.0);
    // e^0, e^1 and e^2 of softmin: mask - x.
    let bias = Masked::additive(gpu, (&[3], 0), &[3], &[1.0, 3.0, 6.0], F32[0]);
    let outputs = results(gpu, &RowActivation::softmin(), &bias.mask, &[1.0, 2.0, 4.0]);
    let exact = [0.090_030_57, 0.244_728_48, 0.665_240_94];
    assert!(
        outputs
            .iter()
            .zip(exact)
            .all(|(y, exact)| (y - exact).abs() < 1e-7),
        "{outputs:?}"
    );
    // The most negative number leaves a row as it would be without: it is the same for all.
    let bias = Masked::additive(gpu, (&[3], 0), &[1], &[f32::MIN], F32[0]);
    let outputs = results(gpu, &softmax, &bias.mask, &[0.0, 1.0, 2.0]);
    assert!(
        outputs
            .iter()
            .zip(exact)
            .all(|(y, exact)| (y - exact).abs() < 1e-6),
        "{outputs:?}"
    );
}

#[test]
fn any_shape_axis_mask_types_and_offsets() {
    let gpu = Subject::shared();
    let strategy = (
        prop::collection::vec(1_u64..9, 1..=5),
        0_usize..5,
        (prop::collection::vec(any::<bool>(), 5), 0_usize..6),
        0_usize..3,
        [0_usize..70, 0..70, 0..70],
        -9_i64..9,
    );
    let mut runner = TestRunner::new(Config::with_cases(30));
    let run = runner.run(
        &strategy,
        |(shape, axis, (repeated, missing), variant, offsets, offset)| {
            let rank = shape.len();
            let lens = shape.iter().zip(repeated);
            let mask: Vec<_> = lens
                .map(|(len, repeated)| if repeated { 1 } else { *len })
                .collect();
            let mask = &mask[missing % (rank + 1)..];
            let seen = (
                &shape[..],
                (axis % rank) as i64 - (offset & 1) * rank as i64,
            );
            let rows = Rows::along(&shape, seen.1).expect("an axis");
            // Another mix for each kind of mask.
            let mix = |kind: usize| {
                let (function, types) = MIXES[(mix_for(&rows) + 4 * kind) % MIXES.len()];
                let tensors: [Tensor; 3] = std::array::from_fn(|at| (types[at], offsets[at]));
                (RowActivation::variants(function)[variant], tensors)
            };
            let values = values(shape.iter().product(), 9.0);
            let count = mask.iter().product();
            let (activation, [first, second, third]) = mix(0);
            let additive = Masked::additive(gpu, seen, mask, &biases(count), third);
            check_masked(gpu, &activation, &additive, &values, [first, second]);
            let (activation, [first, second, third]) = mix(1);
            let boolean = Masked::boolean(gpu, seen, mask, &truths(count), third.1);
            check_masked(gpu, &activation, &boolean, &values, [first, second]);
            if axis % rank > 0 {
                let (activation, [first, second, _]) = mix(2);
                let causal = Masked::causal(seen, Some(offset));
                check_masked(gpu, &activation, &causal, &values, [first, second]);
            }
            Ok(())
        },
    );
    run.expect("all shapes");
}
