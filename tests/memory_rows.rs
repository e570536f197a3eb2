//! A row that is larger than a chunk is on the device once. A process of its own, so that its peak is
//! this test's alone.

mod common;

use std::io;

use wgpu_activations::{Dtype, Input, Job, Output, RowActivation, Rows};

/// 512 MiB.
const ELEMENTS: u64 = 1 << 27;

/// Checks that it is given equal shares.
struct Checker {
    elements: u64,
    wrong: u64,
}

impl io::Write for Checker {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let share = (1.0 / ELEMENTS as f32).to_ne_bytes();
        for element in buffer.chunks_exact(4) {
            self.wrong += u64::from(element != share);
            self.elements += 1;
        }
        Ok(buffer.len() / 4 * 4)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[test]
fn a_row_of_half_a_gibibyte_passes_in_less_than_one() {
    let gpu = common::gpu();
    let rows = Rows::along(&[ELEMENTS], 0).expect("a shape");
    let softmax = RowActivation::softmax();
    let (mut zeros, mut checker) = (
        io::repeat(0),
        Checker {
            elements: 0,
            wrong: 0,
        },
    );
    let output = Output::writer(Dtype::F32, &mut checker);
    let input = Input::reader(Dtype::F32, &mut zeros);
    gpu.run(Job::forward_rows(&softmax, &rows, input, output))
        .expect("streamed");
    assert_eq!((checker.elements, checker.wrong), (ELEMENTS, 0));

    #[cfg(target_os = "linux")]
    {
        // On a software adapter the device's memory is the process's own.
        let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
        let line = status
            .lines()
            .find_map(|line| line.strip_prefix("VmHWM:"))
            .expect("a peak");
        let kib: u64 = line
            .trim()
            .trim_end_matches(" kB")
            .parse()
            .expect("a number");
        println!("the peak was {kib} KiB");
        assert!(kib < 1 << 20, "the peak was {kib} KiB");
    }
}
