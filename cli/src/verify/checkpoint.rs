//! The state of a verification in a file, to go on from after an interruption.

use std::fs;
use std::io::{self, Write};
use std::num::NonZeroU32;
use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use super::plan::Task;
use super::state::State;
use super::subject::Identity;
use crate::error::Error;
use crate::output::{Output, OutputError};

mod format;

use format::{Contents, FORMAT, Head, Header};

/// How often the state is saved.
const INTERVAL: Duration = Duration::from_secs(5);

/// Why a run cannot go on from a checkpoint.
#[derive(Debug, thiserror::Error)]
#[error(
    "cannot go on from the checkpoint {}: {problem}; remove it to start anew, or name another with \
     --checkpoint", .path.display()
)]
pub(crate) struct CheckpointError {
    path: PathBuf,
    #[source]
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
pub(super) enum Problem {
    #[error("it cannot be read ({0})")]
    Unreadable(#[source] io::Error),
    #[error("it is damaged ({0})")]
    Damaged(String),
    #[error("it has format {found}, and this version reads format {FORMAT}")]
    Format { found: u32 },
    #[error("it is by version {found}, and this is version {}", env!("CARGO_PKG_VERSION"))]
    Version { found: String },
    #[error("it takes every {found} bit patterns, and this run every {wanted}")]
    Stride {
        found: NonZeroU32,
        wanted: NonZeroU32,
    },
    #[error("it is of {found}, and this run of {wanted}")]
    Adapters { found: String, wanted: String },
    #[error(
        "it is of other activations, hyper-parameters or types than this run ({found}, not {wanted})"
    )]
    Tasks { found: String, wanted: String },
    #[error("the WGSL of {0} has changed since")]
    Shader(String),
    #[error("the reference of {0} has changed since")]
    Reference(String),
}

/// A checkpoint's place and all that its run is known by.
pub(super) struct Checkpoint {
    path: PathBuf,
    header: Header,
    saved: Instant,
}

impl Checkpoint {
    /// The checkpoint of this run, and what an earlier one left there.
    pub(super) fn open(
        path: &Path,
        every: NonZeroU32,
        subjects: Vec<Identity>,
        tasks: &[Task],
    ) -> Result<(Self, Option<Vec<State>>), Error> {
        let checkpoint = Self {
            path: path.to_owned(),
            header: Header::new(every, subjects, tasks),
            saved: Instant::now(),
        };
        let states = match read(path) {
            Ok(Some(bytes)) => checkpoint.states(&bytes, tasks).map(Some),
            Ok(None) => Ok(None),
            Err(error) => Err(Problem::Unreadable(error)),
        };
        let states = states.map_err(|problem| CheckpointError {
            path: path.to_owned(),
            problem,
        })?;
        Ok((checkpoint, states))
    }

    fn states(&self, bytes: &[u8], tasks: &[Task]) -> Result<Vec<State>, Problem> {
        let damaged = |error: serde_json::Error| Problem::Damaged(error.to_string());
        // Whatever else another format has, it starts alike.
        let head: Head = serde_json::from_slice(bytes).map_err(damaged)?;
        head.check()?;
        let contents: Contents = serde_json::from_slice(bytes).map_err(damaged)?;
        self.header.check(&contents.header)?;
        contents
            .states(tasks)
            .ok_or_else(|| Problem::Damaged("its counts contradict each other".to_owned()))
    }

    /// Saves the state where that was not done lately.
    pub(super) fn save_now_and_then(&mut self, states: &[State]) -> Result<(), Error> {
        if self.saved.elapsed() < INTERVAL {
            return Ok(());
        }
        self.save(states)
    }

    /// Saves the state: the file has this or the earlier one, whatever happens.
    pub(super) fn save(&mut self, states: &[State]) -> Result<(), Error> {
        let contents = Contents::new(&self.header, states);
        let bytes = serde_json::to_vec(&contents)
            .map_err(|error| OutputError::new(self.path.clone(), 0, error.into()))?;
        let mut output = Output::create(&self.path, bytes.len() as u64)?;
        let written = output.write_all(&bytes);
        written.map_err(|error| output.error(error))?;
        output.commit()?;
        self.saved = Instant::now();
        Ok(())
    }

    pub(super) fn path(&self) -> &Path {
        &self.path
    }

    /// Removes the file at the end.
    pub(super) fn remove(self) -> Result<(), Error> {
        // A link stays, and leads the next run to the same place.
        let file = fs::canonicalize(&self.path).unwrap_or_else(|_| self.path.clone());
        match fs::remove_file(file) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => Err(Error::CheckpointStays {
                path: self.path,
                error,
            }),
            _ => Ok(()),
        }
    }
}

/// What the file holds, if there is one.
fn read(path: &Path) -> io::Result<Option<Vec<u8>>> {
    // Saving to a folder or a device tells what it is, and reading from it might never end.
    if path.exists() && !path.is_file() {
        return Ok(None);
    }
    match fs::read(path) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => Ok(None),
        read => read.map(Some),
    }
}
