//! A row that is larger than a chunk is on the device once. A process of its own, so that its peak is
//! this test's alone.

mod common;

use std::io;

use common::memory::{Equal, assert_peak_below};
use wgpu_activations::{Dtype, Input, Job, Output, RowActivation, Rows};

/// 512 MiB.
const ELEMENTS: u64 = 1 << 27;

#[test]
fn a_row_of_half_a_gibibyte_passes_in_less_than_one() {
    let gpu = common::gpu();
    let rows = Rows::along(&[ELEMENTS], 0).expect("a shape");
    let softmax = RowActivation::softmax();
    let (mut zeros, mut shares) = (io::repeat(0), Equal::new(1.0 / ELEMENTS as f32));
    let output = Output::writer(Dtype::F32, &mut shares);
    let input = Input::reader(Dtype::F32, &mut zeros);
    gpu.run(Job::forward_rows(&softmax, &rows, input, output))
        .expect("streamed");
    assert_eq!((shares.elements, shares.wrong), (ELEMENTS, 0));

    assert_peak_below(1 << 20);
}
