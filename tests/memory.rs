//! The memory in use does not grow with the tensor. A process of its own, so that its peak is this
//! test's alone.

mod common;

use std::io::{self, Read, Write};

use common::memory::assert_peak_below;
use wgpu_activations::{Activation, Dtype, Input, Job, Offload, Output};

/// 6 GiB.
const ELEMENTS: u64 = 3 << 29;

/// Counts up in bytes that make finite, mostly normal f32.
struct Counter(u64);

impl Read for Counter {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        for element in buffer.chunks_exact_mut(4) {
            element.copy_from_slice(&value(self.0).to_ne_bytes());
            self.0 += 1;
        }
        Ok(buffer.len() / 4 * 4)
    }
}

fn value(index: u64) -> f32 {
    (index % 8191) as f32 - 4095.0
}

/// Checks what it is given against relu of the counter.
struct Checker {
    index: u64,
    wrong: u64,
}

impl Write for Checker {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        for element in buffer.chunks_exact(4) {
            let expected = value(self.index).max(0.0).to_ne_bytes();
            self.wrong += u64::from(element != expected);
            self.index += 1;
        }
        Ok(buffer.len() / 4 * 4)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn six_gibibytes_pass_in_less_than_one() {
    let gpu = common::gpu();
    let mut checker = Checker { index: 0, wrong: 0 };
    let activation = Activation::relu();
    let (mut counter, output) = (Counter(0), Output::writer(Dtype::F32, &mut checker));
    gpu.run(Job::forward(
        &activation,
        Input::reader(Dtype::F32, &mut counter),
        output,
        ELEMENTS,
    ))
    .expect("streamed");
    assert_eq!((checker.index, checker.wrong), (ELEMENTS, 0));

    const { assert!(Offload::MEMORY < 1 << 30) };
    assert_peak_below(1 << 20);
}
