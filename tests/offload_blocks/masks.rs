use half::bf16;
use wgpu_activations::{HostMask, RowActivation, Rows};

use super::common::gpu;
use super::{BRAIN, assert_same, narrowed, numbers, small};

/// Two slabs of five rows' elements, of which each has 6009 beside it.
const SHAPE: [u64; 4] = [2, 5, 3, 2003];
const AXIS: i64 = 1;

/// Runs the same under a mask in blocks and as a whole.
fn check(mask: &HostMask<'_>, what: &str) {
    let activation = RowActivation::log_softmax();
    let rows = Rows::along(&SHAPE, AXIS).expect("a shape");
    let x = numbers(rows.elements() as usize, 1);
    let [blocks, whole] = [small(), gpu()].map(|gpu| {
        gpu.forward_rows_masked(&activation, mask, &x)
            .expect("forward")
    });
    assert_same(&blocks, &whole, what);
}

#[test]
fn masks_are_cut_as_their_tensors_are() {
    for mask_shape in [
        &SHAPE[..],
        &[5, 3, 2003],
        &[2, 1, 3, 2003],
        &[3, 2003],
        &[2003],
        &[3, 1],
        &[2, 5, 3, 1],
        &[5, 1, 1],
        &[2, 1, 1, 1],
        &[],
    ] {
        let what = format!("a mask of shape {mask_shape:?}");
        let numbers = numbers(mask_shape.iter().product::<u64>() as usize, 2);
        let added: Vec<f32> = numbers.iter().map(|x| 4.0 * x).collect();
        let mask = HostMask::additive(&SHAPE, AXIS, mask_shape, &added);
        check(&mask.expect("a mask"), &what);
        let added: Vec<bf16> = narrowed(&added, BRAIN);
        let mask = HostMask::additive(&SHAPE, AXIS, mask_shape, &added);
        check(&mask.expect("a mask"), &what);
        let kept: Vec<bool> = numbers.iter().map(|&x| x > -0.3).collect();
        let mask = HostMask::boolean(&SHAPE, AXIS, mask_shape, &kept);
        check(&mask.expect("a mask"), &what);
    }
}

#[test]
fn causal_masks_know_their_slab() {
    for offset in [-1, 0, 3] {
        let mask = HostMask::causal_from(&SHAPE, AXIS, offset).expect("a mask");
        check(&mask, &format!("an offset of {offset}"));
    }
}
