//! What can go wrong, and the exit code that it leads to.

use std::io;

use wgpu_activations::ActivationError;

/// Why the command failed: each displays as one sentence that says what to do.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    Activation(#[from] ActivationError),
    #[error("cannot write to standard output: {0}; send it somewhere with room for it")]
    Stdout(#[source] io::Error),
}

impl Error {
    /// 2 for what would fail on any machine and with any file, else 1.
    pub(crate) fn exit_code(&self) -> u8 {
        match self {
            Self::Activation(_) => 2,
            Self::Stdout(_) => 1,
        }
    }
}
