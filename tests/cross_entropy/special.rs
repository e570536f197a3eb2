//! Rows whose losses are hard to sum.

use wgpu_activations::{Reduction, Rows};

use super::common::subject::Subject;
use super::losses;
use super::subject::Case;

/// A target that is almost certain, or as good as impossible.
#[test]
fn confident_rows_keep_their_digits() {
    let gpu = Subject::shared();
    let mut logits = Vec::new();
    let mut targets = Vec::new();
    for margin in [
        1e-6, 1e-3, 1.0, 5.0, 12.0, 17.0, 30.0, 50.0, 60.0, 200.0, 1e5, 1e30,
    ] {
        for target in [0, 1] {
            logits.extend([margin, 0.0, 0.0, -margin]);
            targets.push(target);
        }
    }
    let rows = Rows::along(&[targets.len() as u64, 4], 1).expect("a shape");
    for loss in losses() {
        gpu.check(&loss, &Case::new(rows, logits.clone(), targets.clone()));
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
        [1e-30, -1e-30, 0.0, -0.0],
        [88.0, -88.0, 100.0, -100.0],
        [1e30, 1e30, 0.999_999_9e30, -1e30],
    ];
    for loss in losses().filter(|loss| loss.reduction() == Reduction::None) {
        for repeat in [0, 700, 70_000] {
            for row in &special {
                for target in 0..4 {
                    let mut logits = vec![row[0]; repeat];
                    logits.extend(row);
                    let rows = Rows::along(&[logits.len() as u64], 0).expect("a shape");
                    gpu.check(
                        &loss,
                        &Case::new(rows, logits, vec![(repeat + target) as i64]),
                    );
                }
            }
        }
    }
    // A mean or a sum is what its terms make it.
    for loss in losses() {
        for rows in [&special[..3], &special[..4], &special[1..3], &special[5..8]] {
            let shape = Rows::along(&[rows.len() as u64, 4], 1).expect("a shape");
            let targets = vec![0; rows.len()];
            gpu.check(&loss, &Case::new(shape, rows.concat(), targets));
        }
    }
}

/// Each logit raises the largest value, or lies far from 0.
#[test]
fn ascending_rows_and_offsets() {
    let gpu = Subject::shared();
    for (step, offset) in [(1e-3, 0.0), (0.02, 0.0), (1.0, 0.0), (0.002, -9000.0)] {
        let logits: Vec<f32> = (0..20_000).map(|n| n as f32 * step + offset).collect();
        let rows = Rows::along(&[logits.len() as u64], 0).expect("a shape");
        for loss in losses() {
            for target in [0, 19_999] {
                gpu.check(&loss, &Case::new(rows, logits.clone(), vec![target]));
            }
        }
    }
}

/// Each row is one invocation's, whose sum would be scaled again with every logit.
#[test]
fn slowly_ascending_rows_beside_one_another() {
    let gpu = Subject::shared();
    let rows = Rows::along(&[4000, 256], 0).expect("a shape");
    let logits: Vec<f32> = (0..rows.elements())
        .map(|at| (at / 256) as f32 * 0.0003)
        .collect();
    for loss in losses().filter(|loss| loss.reduction() == Reduction::None) {
        gpu.check(&loss, &Case::new(rows, logits.clone(), vec![3999; 256]));
    }
}
