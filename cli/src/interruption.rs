//! Signals that ask the command to stop. They set a flag, which `apply` looks at between its steps,
//! so that an unfinished file is removed as after any other failure.

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

#[cfg(unix)]
#[expect(unsafe_code, reason = "no safe interface asks what a signal does")]
fn is_ignored(signal: i32) -> bool {
    let mut action = std::mem::MaybeUninit::<libc::sigaction>::uninit();
    // SAFETY: without a new action, sigaction only writes the present one to `action`, which is
    // valid for that; it is read only where the call says that it was written.
    unsafe {
        libc::sigaction(signal, std::ptr::null(), action.as_mut_ptr()) == 0
            && action.assume_init().sa_sigaction == libc::SIG_IGN
    }
}

#[cfg(not(unix))]
fn is_ignored(_: i32) -> bool {
    false
}
