//! Softmax with cross-entropy on the adapter, held against its f64 reference.

#[path = "../common/mod.rs"]
mod common;
mod offload;
mod refusals;
mod special;
mod subject;
mod table;

use common::gpu_with_limits;
use common::random::Random;
use common::subject::Subject;
use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use subject::Case;
use wgpu_activations::{ClassType, CrossEntropy, Dtype, Reduction, Rows};

fn smooth(label_smoothing: f32) -> CrossEntropy {
    CrossEntropy::default()
        .with_label_smoothing(label_smoothing)
        .expect("a share")
}

/// Every reduction, with and without smoothing.
fn losses() -> impl Iterator<Item = CrossEntropy> {
    let reductions = [Reduction::None, Reduction::Mean, Reduction::Sum];
    let smoothed = [0.0, 0.1, 1.0].into_iter();
    smoothed
        .flat_map(move |share| reductions.map(|reduction| smooth(share).with_reduction(reduction)))
}

/// Logits around 0 for a shape, and targets of which one in eight is ignored.
fn case(shape: &[u64], axis: i64, width: f64) -> Case {
    let rows = Rows::along(shape, axis).expect("a shape");
    let mut random = Random(rows.elements());
    let logits = (0..rows.elements()).map(|_| ((random.unit() * 2.0 - 1.0) * width) as f32);
    let logits = logits.collect();
    let targets = (0..rows.count()).map(|_| match random.once_in(8) {
        true => -100,
        false => random.below(rows.len() as usize) as i64,
    });
    Case::new(rows, logits, targets.collect())
}

#[test]
fn rows_of_every_length() {
    let gpu = Subject::shared();
    for loss in losses() {
        for shape in [
            [5, 1],
            [7, 2],
            [300, 3],
            [100, 17],
            [9, 1000],
            [3, 2049],
            [2, 32_000],
            [1, 256_000],
        ] {
            let worst = gpu.check(&loss, &case(&shape, 1, 10.0));
            println!("{loss:?} {shape:?}: {worst:.2?} ULP");
        }
    }
}

/// Invocations meet in the workgroup's memory, and not in subgroups as where the adapter has them.
#[test]
fn rows_on_a_device_without_features() {
    let gpu = Subject::new(gpu_with_limits(|_| ()));
    for loss in losses() {
        for shape in [[9, 20], [5, 250], [3, 2049], [1, 70_001]] {
            gpu.check(&loss, &case(&shape, 1, 10.0));
        }
    }
}

#[test]
fn rows_along_any_axis() {
    let gpu = Subject::shared();
    for loss in losses() {
        for axis in 0..4 {
            gpu.check(&loss, &case(&[3, 5, 4, 70], axis, 20.0));
        }
    }
}

#[test]
fn rows_that_are_divided() {
    let gpu = Subject::shared();
    for loss in losses() {
        for (shape, axis) in [
            (&[1, 300_000][..], 1),
            (&[2, 70_001], 1),
            (&[2, 70_000, 3], 1),
        ] {
            let mut case = case(shape, axis, 8.0);
            case.targets[0] = 65_432;
            let worst = gpu.check(&loss, &case);
            println!("{loss:?} {shape:?}: {worst:.2?} ULP");
        }
    }
}

#[test]
fn rows_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    let shapes = [
        (&[2, 50_000][..], 1),
        (&[2, 300, 70], 1),
        (&[3, 7, 3000], 1),
        // More records than fit, because a row has fewer bytes than its record.
        (&[5000, 2], 1),
        (&[3, 2, 1500], 1),
    ];
    for loss in losses() {
        for (shape, axis) in shapes {
            let mut case = case(shape, axis, 5.0);
            case.logits_at = (Dtype::F16, 3);
            gpu.check(&loss, &case);
        }
    }
}

/// The fewest storage buffers that a device can have.
#[test]
fn the_lowest_limits_are_enough() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffers_per_shader_stage =
            wgpu::Limits::downlevel_defaults().max_storage_buffers_per_shader_stage;
    }));
    for loss in losses() {
        for shape in [[1, 70_000], [70, 100]] {
            let mut case = case(&shape, 1, 5.0);
            case.logits_at = (Dtype::Bf16, 1);
            gpu.check(&loss, &case);
        }
    }
}

#[test]
fn totals_of_many_rows() {
    let gpu = Subject::shared();
    for loss in losses() {
        let worst = gpu.check(&loss, &case(&[100_001, 3], 1, 4.0));
        println!("{loss:?}: {worst:.2?} ULP");
    }
}

#[test]
fn targets_that_are_no_class_are_counted() {
    let gpu = Subject::shared();
    for loss in losses() {
        let mut case = case(&[40, 10], 1, 5.0);
        for (row, target) in [
            (3, 10),
            (4, -1),
            (5, i64::from(i32::MIN)),
            (6, 7),
            (7, -100),
        ] {
            case.targets[row] = target;
        }
        case.class_type = ClassType::I32;
        gpu.check(&loss, &case);
        // The lower half of each of these is that of a class, or of the ignored one.
        for (row, target) in [
            (3, (1 << 32) + 2),
            (4, i64::MIN),
            (5, -(1 << 32)),
            (8, -100 + (1 << 32)),
        ] {
            case.targets[row] = target;
        }
        case.class_type = ClassType::I64;
        gpu.check(&loss, &case);
        // The ignored class may be one that exists.
        let loss = loss.with_ignore_index(7);
        case.targets = case
            .targets
            .iter()
            .map(|target| target.rem_euclid(11))
            .collect();
        case.class_type = ClassType::U32;
        gpu.check(&loss, &case);
    }
}

#[test]
fn rows_that_are_all_ignored_and_no_rows() {
    let gpu = Subject::shared();
    for loss in losses() {
        let mut case = case(&[40, 10], 1, 5.0);
        case.targets.fill(-100);
        gpu.check(&loss, &case);
        let none = Rows::along(&[0, 10], 1).expect("a shape");
        gpu.check(&loss, &Case::new(none, Vec::new(), Vec::new()));
    }
}

/// Types of targets, and of logits, losses, their gradients and those of the logits. A compiler takes long for
/// each mix, so there is one for each kernel that rows of up to 8 elements may have: it goes by how many of them
/// an invocation takes, and by whether rows lie beside one another. With I64 and F32 alone, as elsewhere, any two
/// types meet in any two places, but for targets and gradients of logits, which have no kernel in common.
fn mix_for(rows: &Rows) -> (ClassType, [Dtype; 4]) {
    use ClassType::{I32, I64, U32};
    use Dtype::{Bf16, F16, F32};
    assert!(rows.len() <= 8);
    let steps = rows.len().next_power_of_two().ilog2() as usize;
    let mixes = [
        (I64, [F16, F16, Bf16, F32]),
        (I64, [Bf16, Bf16, F16, F32]),
        (U32, [F32, F16, F16, F16]),
        (U32, [F16, Bf16, F32, F16]),
        (U32, [Bf16, F32, Bf16, F16]),
        (I32, [F32, Bf16, Bf16, Bf16]),
        (I32, [F16, F32, F16, Bf16]),
        (I32, [Bf16, F16, F32, Bf16]),
    ];
    mixes[steps + 4 * usize::from(rows.inner() > 1)]
}

#[test]
fn any_shape_types_and_offsets() {
    let gpu = Subject::shared();
    let strategy = (
        prop::collection::vec(1_u64..9, 1..=5),
        (0_i64..5, 0_usize..9),
        [0_usize..70, 0..70, 0..70, 0..70, 0..70],
        1.0_f64..50.0,
    );
    let mut runner = TestRunner::new(Config::with_cases(60));
    let run = runner.run(
        &strategy,
        |(shape, (axis, loss), [at, offsets @ ..], width)| {
            let rank = shape.len() as i64;
            let mut case = case(&shape, axis % rank - (axis & 1) * rank, width);
            let (class_type, types) = mix_for(&case.rows);
            [
                case.logits_at,
                case.losses_at,
                case.grad_output_at,
                case.grad_logits_at,
            ] = std::array::from_fn(|index| (types[index], offsets[index]));
            case.class_type = class_type;
            case.targets_at = at;
            case.saved_at = 70 - at;
            let loss = losses().nth(loss).expect("nine");
            // Where there is no sign there is no -100.
            let loss = match class_type {
                ClassType::U32 => loss.with_ignore_index((1 << 32) - 100),
                _ => loss,
            };
            if class_type == ClassType::U32 {
                for target in case.targets.iter_mut().filter(|target| **target < 0) {
                    *target += 1 << 32;
                }
            }
            gpu.check(&loss, &case);
            Ok(())
        },
    );
    run.expect("all shapes");
}

#[test]
fn what_makes_no_sense_is_refused() {
    for (share, word) in [
        (f32::NAN, "NaN"),
        (-0.1, "between 0 and 1"),
        (1.5, "between 0 and 1"),
    ] {
        let error = CrossEntropy::default()
            .with_label_smoothing(share)
            .expect_err("refused");
        assert!(error.to_string().contains(word), "{error}");
    }
    Subject::shared().check_refusals();
}

/// `cargo test --release --test cross_entropy -- --ignored --nocapture`.
#[test]
#[ignore = "it takes minutes, and gigabytes"]
fn large_vocabularies_and_many_rows() {
    let gpu = Subject::shared();
    for shape in [[10, 256_000], [10_000_000, 3], [1, 50_000_000]] {
        for loss in [smooth(0.0), smooth(0.1)] {
            let worst = gpu.check(&loss, &case(&shape, 1, 12.0));
            println!("{loss:?} {shape:?}: {worst:.2?} ULP");
        }
    }
}
