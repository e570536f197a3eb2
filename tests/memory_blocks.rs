//! Rows whose elements lie far apart pass in blocks, within the memory that a call may take. A process of its
//! own, so that its peak is this test's alone.

mod common;

use common::memory::{assert_peak_below, peak_kib};
use wgpu_activations::{HostMask, Input, Job, Offload, Output, RowActivation, Rows};

/// 256 MiB and a row.
const SHAPE: [u64; 2] = [4, (1 << 24) + 1];

#[test]
fn a_slab_as_large_as_what_a_call_may_take() {
    let gpu = common::gpu();
    let softmax = RowActivation::softmax();
    let run = |shape: &[u64]| {
        let rows = Rows::along(shape, 0).expect("a shape");
        let [x, added, mut y, mut grad_x] =
            [0.5_f32, 0.25, -1.0, -1.0].map(|value| vec![value; rows.elements() as usize]);
        let mask = HostMask::additive(shape, 0, shape, &added).expect("a mask");
        let before = peak_kib().unwrap_or(0);
        let (input, output) = (Input::slice(&x), Output::slice(&mut y));
        gpu.run(Job::forward_rows_masked(&softmax, &mask, input, output))
            .expect("forward");
        gpu.backward_rows_into(&softmax, &rows, &y, &x, &mut grad_x)
            .expect("backward");
        assert!(y.iter().all(|&y| y == 0.25));
        assert!(grad_x.iter().all(|&grad| grad == 0.0));
        before
    };
    // Compiles.
    run(&[4, 1000]);
    let before = run(&SHAPE);
    assert_peak_below(before + Offload::MEMORY / 1024);
}
