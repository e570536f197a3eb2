//! A mask as large as its tensor streams beside it. A process of its own, so that its peak is this test's
//! alone.

mod common;

use std::io;

use common::memory::{Equal, assert_peak_below};
use wgpu_activations::{Dtype, HostMask, Input, Job, Output, RowActivation};

/// 512 MiB.
const SHAPE: [u64; 2] = [1 << 17, 1 << 10];

#[test]
fn half_a_gibibyte_passes_under_a_mask_of_as_much() {
    let gpu = common::gpu();
    let elements = SHAPE[0] * SHAPE[1];
    let added = vec![0.25_f32; elements as usize];
    let mask = HostMask::additive(&SHAPE, -1, &SHAPE, &added).expect("a mask");
    let softmax = RowActivation::softmax();
    let (mut zeros, mut shares) = (io::repeat(0), Equal::new(1.0 / SHAPE[1] as f32));
    let output = Output::writer(Dtype::F32, &mut shares);
    let input = Input::reader(Dtype::F32, &mut zeros);
    gpu.run(Job::forward_rows_masked(&softmax, &mask, input, output))
        .expect("streamed");
    assert_eq!((shares.elements, shares.wrong), (elements, 0));

    // With the mask itself, but not with another one on the device.
    assert_peak_below(5 << 18);
}
