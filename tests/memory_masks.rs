//! A mask as large as its tensor streams beside it. A process of its own, so that its peak is this test's
//! alone.

mod common;

use std::io;

use common::memory::{Equal, assert_peak_below};
use wgpu_activations::{Dtype, HostMask, Input, Job, Output, RowActivation};

/// 512 MiB.
const SHAPE: [u64; 2] = [1 << 17, 1 << 10];

/// Checks that the first elements are equal, and the rest.
struct Two {
    first: Equal,
    rest: Equal,
    /// How many are first.
    split: u64,
}

impl io::Write for Two {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let left = (self.split - self.first.elements) * 4;
        match usize::try_from(left) {
            Ok(0) => self.rest.write(buffer),
            left => self
                .first
                .write(&buffer[..buffer.len().min(left.unwrap_or(usize::MAX))]),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn half_a_gibibyte_passes_under_a_mask_of_as_much() {
    let gpu = common::gpu();
    let elements = SHAPE[0] * SHAPE[1];
    let mut added = vec![0.25_f32; elements as usize];
    // Nothing is left of the rows after the first third: each chunk has its own part of the mask.
    let split = SHAPE[0] / 3 * SHAPE[1];
    added[split as usize..].fill(f32::NEG_INFINITY);
    let mask = HostMask::additive(&SHAPE, -1, &SHAPE, &added).expect("a mask");
    let softmax = RowActivation::softmax();
    let mut shares = Two {
        first: Equal::new(1.0 / SHAPE[1] as f32),
        rest: Equal::new(0.0),
        split,
    };
    let mut zeros = io::repeat(0);
    let output = Output::writer(Dtype::F32, &mut shares);
    let input = Input::reader(Dtype::F32, &mut zeros);
    gpu.run(Job::forward_rows_masked(&softmax, &mask, input, output))
        .expect("streamed");
    let Two { first, rest, .. } = shares;
    assert_eq!((first.elements, first.wrong), (split, 0));
    assert_eq!((rest.elements, rest.wrong), (elements - split, 0));

    // With the mask itself, but not with another one on the device.
    assert_peak_below(5 << 18);
}
