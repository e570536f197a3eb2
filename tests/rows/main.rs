//! Functions of rows on the adapter, held against their f64 reference.

#[path = "../common/mod.rs"]
mod common;
mod kept;
mod masked;
mod masks;
mod mixes;
mod refused_masks;
mod scales;
mod subgroups;
mod subject;

use common::gpu_with_limits;
use common::subject::Subject;
use mixes::{MIXES, mix_for};
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use subject::{check_backward, check_forward, check_in_place};
use wgpu_activations::reference::rows as exact;
use wgpu_activations::{Dtype, RowActivation, Rows};

const F32: [(Dtype, usize); 2] = [(Dtype::F32, 0); 2];

fn activations() -> [RowActivation; 5] {
    [
        RowActivation::softmax(),
        RowActivation::softmin(),
        RowActivation::log_softmax(),
        RowActivation::softmax().with_scale(0.3).expect("finite"),
        RowActivation::log_softmax()
            .with_scale(-2.7)
            .expect("finite"),
    ]
}

/// Values around 0, as wide as they are said to be.
fn values(count: u64, width: f32) -> Vec<f32> {
    let mut state = 1_u32;
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * width
    };
    std::iter::repeat_with(next).take(count as usize).collect()
}

#[test]
fn rows_of_every_length() {
    let gpu = Subject::shared();
    for activation in activations() {
        for (outer, len) in [
            (5, 1),
            (7, 2),
            (300, 3),
            (100, 17),
            (9, 1000),
            (3, 2049),
            (2, 32_000),
            (1, 256_000),
        ] {
            let rows = Rows::along(&[outer, len], -1).expect("a shape");
            let values = values(rows.elements(), 10.0);
            let worst = check_forward(gpu, &activation, &rows, &values, F32);
            println!("{activation:?} {outer} x {len}: {worst:.2} ULP");
        }
    }
}

#[test]
fn rows_along_any_axis() {
    let gpu = Subject::shared();
    let shape = [3, 5, 4, 70];
    for activation in activations() {
        for axis in 0..4 {
            let rows = Rows::along(&shape, axis).expect("a shape");
            let values = values(rows.elements(), 20.0);
            check_forward(gpu, &activation, &rows, &values, F32);
            for dtype in Dtype::ALL {
                check_in_place(gpu, &activation, &rows, &values, (dtype, 3));
            }
        }
    }
}

#[test]
fn any_mix_of_types_at_odd_offsets() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[6, 33, 3], 1).expect("a shape");
    let values = values(rows.elements(), 8.0);
    for (function, [input, output, _]) in MIXES {
        for activation in RowActivation::variants(function) {
            let tensors = [(input, 1), (output, 5)];
            check_forward(gpu, &activation, &rows, &values, tensors);
        }
    }
}

#[test]
fn huge_and_special_values() {
    let gpu = Subject::shared();
    let (max, infinity) = (f32::MAX, f32::INFINITY);
    let special = [
        [max, -max, 0.0, 1.0],
        [max, max, -max, max],
        [-infinity, 0.0, 1.0, -infinity],
        [-infinity; 4],
        [infinity, 0.0, -1.0, 2.0],
        [f32::NAN, 0.0, -1.0, 2.0],
        [-infinity, f32::NAN, 0.0, infinity],
        [1e-40, -1e-40, 0.0, -0.0],
        [88.0, -88.0, 100.0, -100.0],
        [1e30, 1e30, 0.999_999_9e30, -1e30],
    ];
    for activation in activations() {
        // Alone, and spread over a long row, where the largest comes late.
        for repeat in [1, 700, 5000] {
            for row in &special {
                let mut values = vec![row[0]; repeat];
                values.extend(row);
                let rows = Rows::along(&[values.len() as u64], 0).expect("a shape");
                check_forward(gpu, &activation, &rows, &values, F32);
            }
        }
    }
}

/// Each block of an ascending row raises the largest value.
#[test]
fn ascending_rows_are_summed_as_exactly() {
    let gpu = Subject::shared();
    for step in [1e-3, 0.02, 1.0] {
        let values: Vec<f32> = (0..20_000).map(|n| n as f32 * step).collect();
        let rows = Rows::along(&[values.len() as u64], 0).expect("a shape");
        for activation in activations() {
            check_forward(gpu, &activation, &rows, &values, F32);
        }
    }
}

/// What the function gives for rows of these values, rounded.
fn outputs(activation: &RowActivation, rows: &Rows, values: &[f32]) -> Vec<f32> {
    let row = |row: &[f32]| {
        let row: Vec<f64> = row.iter().map(|&x| x.into()).collect();
        exact::forward(activation, &row)
    };
    let len = rows.len() as usize;
    let results = values.chunks(len).flat_map(row);
    results.map(|y| y as f32).collect()
}

#[test]
fn gradients_of_rows_of_every_length() {
    let gpu = Subject::shared();
    for activation in activations() {
        for (outer, len) in [
            (5, 1),
            (7, 2),
            (300, 3),
            (9, 1000),
            (3, 2049),
            (2, 32_000),
            (1, 256_000),
            (1, 1_000_000),
        ] {
            let rows = Rows::along(&[outer, len], -1).expect("a shape");
            let outputs = outputs(&activation, &rows, &values(rows.elements(), 6.0));
            let mut gradients = values(rows.elements() + 1, 3.0);
            gradients.remove(0);
            let tensors = [(Dtype::F32, 0); 3];
            let worst = check_backward(gpu, &activation, &rows, [&outputs, &gradients], tensors);
            println!("{activation:?} backward {outer} x {len}: {worst:.2} ULP");
        }
    }
}

#[test]
fn gradients_in_any_mix_of_types() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[40, 33], 1).expect("a shape");
    let gradients = values(rows.elements(), 3.0);
    for (function, [first, second, third]) in MIXES {
        for activation in RowActivation::variants(function) {
            let outputs = outputs(&activation, &rows, &values(rows.elements(), 6.0));
            // The second is in place too.
            for target in [third, second] {
                let tensors = [(first, 1), (second, 3), (target, 5)];
                let contents = [&outputs[..], &gradients[..]];
                check_backward(gpu, &activation, &rows, contents, tensors);
            }
        }
    }
}

/// A row that has no part anywhere, and a single element that has one.
#[test]
fn elements_without_a_part_have_no_gradient() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[2, 3], 1).expect("a shape");
    let infinity = f32::INFINITY;
    let values = [-infinity, -infinity, -infinity, -infinity, 2.0, -infinity];
    for activation in [RowActivation::softmax(), RowActivation::log_softmax()] {
        let outputs = outputs(&activation, &rows, &values);
        let gradients = [1.0, -2.0, 3.0, 4.0, 5.0, 6.0];
        let tensors = [(Dtype::F32, 0); 3];
        let worst = check_backward(gpu, &activation, &rows, [&outputs, &gradients], tensors);
        assert_eq!(worst, 0.0);
    }
}

#[test]
fn long_rows_are_divided() {
    let gpu = Subject::shared();
    for (shape, axis) in [
        (&[1, 1_000_000][..], 1),
        (&[2, 70_001], 1),
        (&[2, 100_000, 3], 1),
    ] {
        let rows = Rows::along(shape, axis).expect("a shape");
        let values = values(rows.elements(), 12.0);
        for activation in activations() {
            let worst = check_forward(gpu, &activation, &rows, &values, F32);
            check_in_place(gpu, &activation, &rows, &values, (Dtype::Bf16, 1));
            println!("{activation:?} {shape:?}: {worst:.2} ULP");
        }
    }
}

/// A binding takes a small part of a row, or of the rows that lie beside one another.
#[test]
fn rows_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    for (shape, axis) in [
        (&[2, 50_000][..], 1),
        (&[2, 300, 70], 1),
        (&[3, 7, 3000], 1),
    ] {
        let rows = Rows::along(shape, axis).expect("a shape");
        let (inputs, gradients) = (values(rows.elements(), 5.0), values(rows.elements(), 2.0));
        for activation in activations() {
            check_forward(&gpu, &activation, &rows, &inputs, F32);
            check_in_place(&gpu, &activation, &rows, &inputs, (Dtype::F16, 3));
            // Shares that are as good as any.
            let outputs: Vec<f32> = inputs.iter().map(|x| -x.abs() / 50.0).collect();
            let tensors = [(Dtype::F32, 1), (Dtype::F16, 2), (Dtype::F32, 3)];
            let contents = [&outputs[..], &gradients[..]];
            check_backward(&gpu, &activation, &rows, contents, tensors);
        }
    }
}

#[test]
fn any_shape_axis_types_and_offsets() {
    let gpu = Subject::shared();
    let strategy = (
        prop::collection::vec(1_u64..9, 1..=5),
        0_i64..5,
        0_usize..3,
        [0_usize..70, 0..70, 0..70],
        1.0_f32..50.0,
    );
    let mut runner = TestRunner::new(Config::with_cases(60));
    let run = runner.run(&strategy, |(shape, axis, variant, offsets, width)| {
        let rank = shape.len() as i64;
        let rows = Rows::along(&shape, axis % rank - (axis & 1) * rank).expect("an axis");
        let (function, types) = MIXES[mix_for(&rows)];
        let activation = RowActivation::variants(function)[variant];
        let tensors = std::array::from_fn(|at| (types[at], offsets[at]));
        let [first, second, third] = tensors;
        let values = values(rows.elements(), width);
        check_forward(gpu, &activation, &rows, &values, [first, second]);
        check_in_place(gpu, &activation, &rows, &values, third);
        let outputs: Vec<f32> = values.iter().map(|x| -(x / width).abs()).collect();
        let gradients: Vec<f32> = values.iter().rev().copied().collect();
        check_backward(gpu, &activation, &rows, [&outputs, &gradients], tensors);
        Ok(())
    });
    run.expect("all shapes");
}

/// Teams of every size. Each case may need kernels of its own, so there are few.
#[test]
fn long_rows_of_any_shape_and_offsets() {
    let gpu = Subject::shared();
    let strategy = (
        prop::collection::vec(1_u64..5, 0..=4),
        (9_u64..9000, 0_usize..5),
        [0_usize..70, 0..70, 0..70],
        1.0_f32..50.0,
    );
    let mut runner = TestRunner::new(Config::with_cases(16));
    let run = runner.run(&strategy, |(mut shape, (len, axis), offsets, width)| {
        let axis = axis % (shape.len() + 1);
        shape.insert(axis, len);
        let rows = Rows::along(&shape, axis as i64).expect("an axis");
        let softmax = RowActivation::softmax();
        let tensors = offsets.map(|offset| (Dtype::F32, offset));
        let values = values(rows.elements(), width);
        check_forward(gpu, &softmax, &rows, &values, [tensors[0], tensors[1]]);
        let outputs: Vec<f32> = values.iter().map(|x| (x / width).abs()).collect();
        let gradients: Vec<f32> = values.iter().rev().copied().collect();
        check_backward(gpu, &softmax, &rows, [&outputs, &gradients], tensors);
        Ok(())
    });
    run.expect("all shapes");
}

/// `cargo test --release --test rows -- --ignored --nocapture`.
#[test]
#[ignore = "it takes minutes, and gigabytes"]
fn a_hundred_million_elements_and_ten_million_rows() {
    let gpu = Subject::shared();
    for shape in [[1, 100_000_000], [10_000_000, 3], [10, 256_000]] {
        let rows = Rows::along(&shape, -1).expect("a shape");
        let values = values(rows.elements(), 12.0);
        for activation in &activations()[..3] {
            let worst = check_forward(gpu, activation, &rows, &values, F32);
            let contents = [&outputs(activation, &rows, &values)[..], &values];
            let backward = check_backward(gpu, activation, &rows, contents, [(Dtype::F32, 0); 3]);
            println!("{activation:?} {shape:?}: {worst:.2} ULP, backward {backward:.2} ULP");
        }
    }
}
