//! What tests of the memory in use share.

use std::io;

/// Checks that it is given equal elements, and counts them.
pub(crate) struct Equal {
    expected: f32,
    pub(crate) elements: u64,
    pub(crate) wrong: u64,
}

impl Equal {
    pub(crate) fn new(expected: f32) -> Self {
        Self {
            expected,
            elements: 0,
            wrong: 0,
        }
    }
}

impl io::Write for Equal {
    fn write(&mut self, buffer: &[u8]) -> io::Result<usize> {
        let expected = self.expected.to_ne_bytes();
        for element in buffer.chunks_exact(4) {
            self.wrong += u64::from(element != expected);
            self.elements += 1;
        }
        Ok(buffer.len() / 4 * 4)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The most memory that this process had so far, in KiB, where the system tells it. On a software adapter the
/// device's memory is the process's own.
pub(crate) fn peak_kib() -> Option<u64> {
    if !cfg!(target_os = "linux") {
        return None;
    }
    let status = std::fs::read_to_string("/proc/self/status").expect("Linux has it");
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    let number = line.expect("a peak").trim().trim_end_matches(" kB");
    Some(number.parse().expect("a number"))
}

/// Holds this process's peak to a limit.
pub(crate) fn assert_peak_below(limit_kib: u64) {
    if let Some(kib) = peak_kib() {
        assert!(kib < limit_kib, "the peak was {kib} KiB");
    }
}
