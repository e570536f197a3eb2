//! Signals that ask the command to stop. They set a flag, which is looked at between steps: `apply`
//! removes an unfinished file as after any other failure, and `verify` saves its state.

use std::sync::atomic::{AtomicUsize, Ordering};

use signal_hook::consts::{SIGINT, SIGTERM};
use signal_hook::flag;

#[cfg(unix)]
const SIGNALS: [i32; 3] = [SIGINT, SIGTERM, signal_hook::consts::SIGHUP];
#[cfg(not(unix))]
const SIGNALS: [i32; 2] = [SIGINT, SIGTERM];

/// The signal that came last, or 0.
static RECEIVED: AtomicUsize = AtomicUsize::new(0);

/// From here on these signals no longer end the process.
pub(crate) fn listen() {
    for signal in SIGNALS {
        // `nohup` and a script's background jobs are started with signals that are to be ignored.
        if !is_ignored(signal) {
            // Where the system refuses, the signal ends the process as ever.
            let _ = flag::register_usize(signal, &RECEIVED, signal as usize);
        }
    }
}

/// The signal that came since [`listen`].
pub(crate) fn received() -> Option<u8> {
    match RECEIVED.load(Ordering::SeqCst) {
        0 => None,
        signal => u8::try_from(signal).ok(),
    }
}

/// Linux tells without `unsafe` what a signal does; elsewhere none counts as ignored.
fn is_ignored(signal: i32) -> bool {
    std::fs::read_to_string("/proc/self/status")
        .ok()
        .and_then(|status| {
            let mask = status
                .lines()
                .find_map(|line| line.strip_prefix("SigIgn:"))?;
            u64::from_str_radix(mask.trim(), 16).ok()
        })
        .is_some_and(|mask| mask >> (signal - 1) & 1 == 1)
}
