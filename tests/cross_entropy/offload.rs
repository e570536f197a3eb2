//! Softmax with cross-entropy through a device that the library owns.

use half::f16;
use wgpu_activations::reference::cross_entropy as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{ClassType, Classes, CrossEntropy, Dtype, Offload, Reduction, Rows};

use super::common::gpu;
use super::common::random::Random;

/// Rows of logits with their targets, of which some are ignored.
struct Case {
    rows: Rows,
    logits: Vec<f32>,
    targets: Vec<i64>,
}

impl Case {
    fn new(shape: &[u64], axis: i64, ignore_index: i64) -> Self {
        let rows = Rows::along(shape, axis).expect("a shape");
        let mut random = Random(7);
        let target = |random: &mut Random| match random.once_in(5) {
            true => ignore_index,
            false => random.below(rows.len() as usize) as i64,
        };
        Self {
            targets: (0..rows.count()).map(|_| target(&mut random)).collect(),
            logits: (0..rows.elements())
                .map(|_| (random.unit() * 9.0 * random.sign()) as f32)
                .collect(),
            rows,
        }
    }

    /// The places of each row's logits.
    fn places(&self) -> impl Iterator<Item = Vec<usize>> {
        let (len, inner) = (self.rows.len() as usize, self.rows.inner() as usize);
        (0..self.rows.count() as usize).map(move |row| {
            let start = row / inner * len * inner + row % inner;
            (0..len).map(|class| start + class * inner).collect()
        })
    }

    fn row(&self, places: &[usize]) -> Vec<f64> {
        places.iter().map(|&at| self.logits[at].into()).collect()
    }

    /// Runs both passes, and holds every result to 8 ULP.
    fn check(&self, gpu: &Offload, loss: &CrossEntropy) {
        let classes = self.targets.as_slice();
        let losses = gpu
            .forward_cross_entropy(loss, &self.rows, &self.logits, classes)
            .expect("forward");
        let each = self.places().zip(&self.targets);
        let each: Vec<_> = each
            .map(|(places, &target)| exact::forward(loss, &self.row(&places), target))
            .collect();
        let expected = exact::reduce(loss, &each, &self.targets);
        assert_eq!(losses.len(), expected.len());
        for (row, (&actual, expected)) in losses.iter().zip(expected).enumerate() {
            let error = ulp_error(Dtype::F32, actual, expected, 0.0);
            assert!(error <= 8.0, "[{row}]: {actual:e} instead of {expected:e}");
        }

        let weights: Vec<_> = (0..losses.len())
            .map(|row| 1.5 - (row % 7) as f32)
            .collect();
        let grads = gpu
            .backward_cross_entropy(loss, &self.rows, &self.logits, classes, &weights)
            .expect("backward");
        let share = match loss.reduction() {
            Reduction::Mean => 1.0 / exact::counted(loss, &self.targets) as f64,
            _ => 1.0,
        };
        for (row, (places, &target)) in self.places().zip(&self.targets).enumerate() {
            let weight = share * f64::from(weights[row % weights.len()]);
            let gradients = exact::backward(loss, &self.row(&places), target);
            for (at, (gradient, term)) in places.into_iter().zip(gradients) {
                let (expected, term) = (weight * gradient, (weight * term).abs());
                let error = ulp_error(Dtype::F32, grads[at], expected, term);
                assert!(
                    error <= 8.0,
                    "[{at}]: {:e} instead of {expected:e}",
                    grads[at]
                );
            }
        }
    }
}

/// No rows, one, several chunks, and rows and slabs that are longer than a chunk.
#[test]
fn any_shape_and_reduction_goes_through() {
    let gpu = gpu();
    let none = CrossEntropy::default().with_reduction(Reduction::None);
    let smooth = CrossEntropy::default().with_label_smoothing(0.1);
    let smooth = smooth.expect("a share").with_ignore_index(2);
    let sum = smooth.with_reduction(Reduction::Sum);
    for (shape, axis, losses) in [
        (&[0, 5][..], -1, &[none, sum][..]),
        (&[6], 0, &[none]),
        (&[3, 5, 4], 1, &[none, smooth, sum]),
        (&[70_001, 31], -1, &[none]),
        (&[40_000, 3, 11], 1, &[smooth]),
        (&[2, 1_200_001], -1, &[none]),
        (&[1, 3, 400_003], 1, &[sum]),
    ] {
        for loss in losses {
            Case::new(shape, axis, loss.ignore_index()).check(gpu, loss);
        }
    }
}

#[test]
fn any_class_type_and_half_precision() {
    let gpu = gpu();
    let rows = Rows::along(&[3, 4], -1).expect("a shape");
    let logits = [0.5, 1.0, -2.0, 0.0, 3.0, 1.5, 0.25, 1.0, 0.0, 0.0, 4.0, 1.0].map(f16::from_f32);
    let loss = CrossEntropy::default().with_ignore_index(3);
    let mean = |classes: Classes<'_>| {
        let losses = gpu.forward_cross_entropy(&loss, &rows, &logits, classes);
        losses.expect("forward")
    };
    let expected = mean([2_i64, 3, 0].as_slice().into());
    assert_eq!(mean([2_i32, 3, 0].as_slice().into()), expected);
    assert_eq!(mean([2_u32, 3, 0].as_slice().into()), expected);
    // At an odd address of a file.
    let bytes: Vec<u8> = [2_i64, 3, 0].iter().flat_map(|c| c.to_ne_bytes()).collect();
    let shifted = [&[0], bytes.as_slice()].concat();
    assert_eq!(
        mean(Classes::bytes(ClassType::I64, &shifted[1..])),
        expected
    );
    let grads = gpu
        .backward_cross_entropy(&loss, &rows, &logits, [2_i64, 3, 0].as_slice(), &[2.0])
        .expect("backward");
    assert_eq!(&grads[4..8], [f16::ZERO; 4]);
    assert!(grads[2] < f16::ZERO && grads[0] > f16::ZERO);
}

#[test]
fn classes_that_do_not_exist_are_counted() {
    let gpu = gpu();
    let rows = Rows::along(&[4, 3], -1).expect("a shape");
    let loss = CrossEntropy::default();
    let text = |classes: &[i64]| {
        let losses = gpu.forward_cross_entropy(&loss, &rows, &[0.0_f32; 12], classes);
        losses.expect_err("refused").to_string()
    };
    assert_eq!(
        text(&[-100, 0, 3, -1]),
        "2 of 4 targets are no class, the first in row 2: 3; give classes from 0 below 3, or -100 for \
         rows to ignore"
    );
    let single = Rows::along(&[4, 1], -1).expect("a shape");
    let losses = gpu.forward_cross_entropy(&loss, &single, &[0.0_f32; 4], [1_i64; 4].as_slice());
    let error = losses.expect_err("refused").to_string();
    assert!(
        error.contains("give 0, the only class, or -100 for rows to ignore"),
        "{error}"
    );
    assert_eq!(
        text(&[0; 3]),
        "the list of targets has 3 elements, but the job has 4; give as many"
    );
    let grads = gpu.backward_cross_entropy(
        &loss,
        &rows,
        &[0.0_f32; 12],
        [0_u32; 4].as_slice(),
        &[1.0; 4],
    );
    let error = grads.expect_err("one loss").to_string();
    assert!(
        error.contains("the gradient of the losses has 4 elements, but the job has 1"),
        "{error}"
    );
}
