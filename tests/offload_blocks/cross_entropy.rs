use half::f16;
use wgpu_activations::{Classes, CrossEntropy, Element, Offload, Reduction, Rows};

use super::common::gpu;
use super::{HALF, assert_same, narrowed, numbers, single, small};

/// The losses, and the gradients of the logits.
fn both<T: Element>(
    gpu: &Offload,
    rows: &Rows,
    logits: &[T],
    classes: Classes<'_>,
    grad_losses: &[f32],
) -> (Vec<f32>, Vec<T>) {
    let loss = CrossEntropy::default().with_reduction(Reduction::None);
    let losses = gpu.forward_cross_entropy(&loss, rows, logits, classes);
    let grads = gpu.backward_cross_entropy(&loss, rows, logits, classes, grad_losses);
    (losses.expect("forward"), grads.expect("backward"))
}

fn check<T: Element>(shape: &[u64], axis: i64, narrow: fn(f32) -> T) {
    let rows = Rows::along(shape, axis).expect("a shape");
    let logits = narrowed(&numbers(rows.elements() as usize, 1), narrow);
    let grads = numbers(rows.count() as usize, 2);
    let class = |row: u64| (row * 7 % 11 % rows.len()) as i64;
    let long: Vec<i64> = (0..rows.count()).map(class).collect();
    let short: Vec<u32> = long.iter().map(|&class| class as u32).collect();
    for classes in [Classes::from(long.as_slice()), short.as_slice().into()] {
        let [blocks, whole] =
            [small(), gpu()].map(|gpu| both(gpu, &rows, &logits, classes, &grads));
        let what = format!("{classes:?}").chars().take(40).collect::<String>();
        assert_same(&blocks.0, &whole.0, &what);
        assert_same(&blocks.1, &whole.1, &what);
    }
}

#[test]
fn logits_targets_and_losses_are_cut_alike() {
    check(&[2, 5, 6007], 1, single);
    check(&[4, 9001], 0, HALF as fn(f32) -> f16);
}
