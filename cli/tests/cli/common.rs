//! A folder of npy files, and the command run in it.

use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use npyz::{AutoSerialize, Deserialize, NpyFile, Order, WriterBuilder};
use tempfile::TempDir;

/// Where commands keep what is compiled, rather than among the user's own files.
pub(crate) const CACHE: &str = concat!(env!("CARGO_TARGET_TMPDIR"), "/cache");

/// A folder that goes away with its value.
pub(crate) struct Folder(TempDir);

/// What a run of the command left.
pub(crate) struct Run {
    pub(crate) code: Option<i32>,
    pub(crate) stdout: String,
    pub(crate) stderr: String,
}

impl Folder {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().expect("a temporary folder"))
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn join(&self, name: &str) -> PathBuf {
        self.path().join(name)
    }

    pub(crate) fn write(&self, name: &str, bytes: impl AsRef<[u8]>) {
        fs::write(self.join(name), bytes).expect("room for a small file");
    }

    pub(crate) fn read(&self, name: &str) -> Vec<u8> {
        fs::read(self.join(name)).unwrap_or_else(|error| panic!("{name}: {error}"))
    }

    /// Saves elements as they are to lie in the file.
    pub(crate) fn save<T: AutoSerialize + Copy>(
        &self,
        name: &str,
        shape: &[u64],
        order: Order,
        elements: &[T],
    ) {
        self.write(name, npy(shape, order, elements));
    }

    /// Loads the elements, which must be of that type, as they lie in the file, with shape and order.
    pub(crate) fn load<T: Deserialize>(&self, name: &str) -> (Vec<u64>, Order, Vec<T>) {
        let bytes = self.read(name);
        let file = NpyFile::new(bytes.as_slice()).expect("an npy file");
        let (shape, order) = (file.shape().to_vec(), file.order());
        (shape, order, file.into_vec().expect("that type"))
    }

    /// Every file here with its contents.
    pub(crate) fn snapshot(&self) -> BTreeMap<PathBuf, Option<Vec<u8>>> {
        let entries = fs::read_dir(self.path()).expect("a folder");
        entries
            .map(|entry| entry.expect("an entry").path())
            .map(|path| (path.clone(), fs::read(path).ok()))
            .collect()
    }

    /// The command, to be run here.
    pub(crate) fn command(&self) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wgpu-activations"));
        // Some drivers complain on standard error where it is missing.
        command
            .current_dir(self.path())
            .env("XDG_RUNTIME_DIR", self.path())
            .env("XDG_CACHE_HOME", CACHE);
        command
    }

    pub(crate) fn run(&self, arguments: &[&str]) -> Run {
        run(self.command().args(arguments))
    }

    /// Runs the command, which must do its work.
    pub(crate) fn succeeds(&self, arguments: &[&str]) -> Run {
        let run = self.run(arguments);
        assert_eq!(run.code, Some(0), "{arguments:?}: {}", run.stderr);
        run
    }

    /// Runs the command, which must fail with that code, say so in one line that holds all those
    /// words, and leave every file as it was.
    pub(crate) fn fails(&self, arguments: &[&str], code: i32, words: &[&str]) {
        self.command_fails(self.command().args(arguments), code, words);
    }

    pub(crate) fn command_fails(&self, command: &mut Command, code: i32, words: &[&str]) {
        let before = self.snapshot();
        let run = run(command);
        assert_eq!(run.code, Some(code), "{command:?}: {}", run.stderr);
        assert!(run.stderr.starts_with("error: "), "{}", run.stderr);
        assert_eq!(run.stderr.lines().count(), 1, "{}", run.stderr);
        for word in words {
            assert!(run.stderr.contains(word), "no {word:?} in: {}", run.stderr);
        }
        assert_eq!(before, self.snapshot(), "{command:?} changed a file");
    }
}

pub(crate) fn run(command: &mut Command) -> Run {
    let output = command.output().expect("the command starts");
    Run {
        code: output.status.code(),
        stdout: String::from_utf8(output.stdout).expect("UTF-8"),
        stderr: String::from_utf8(output.stderr).expect("UTF-8"),
    }
}

/// An npy file of elements as they are to lie in it, by an implementation that is not the command's.
pub(crate) fn npy<T: AutoSerialize + Copy>(shape: &[u64], order: Order, elements: &[T]) -> Vec<u8> {
    let mut bytes = Vec::new();
    let options = npyz::WriteOptions::new()
        .default_dtype()
        .shape(shape)
        .order(order);
    let mut writer = options.writer(&mut bytes).begin_nd().expect("a header");
    writer.extend(elements.iter().copied()).expect("memory");
    writer.finish().expect("as many elements as the shape says");
    bytes
}

/// An npy file with a header of one's own.
pub(crate) fn npy_with_header(version: u8, header: &str, data: &[u8]) -> Vec<u8> {
    let mut bytes = b"\x93NUMPY".to_vec();
    bytes.extend([version, 0]);
    match version {
        1 => bytes.extend((header.len() as u16).to_le_bytes()),
        _ => bytes.extend((header.len() as u32).to_le_bytes()),
    }
    bytes.extend(header.as_bytes());
    bytes.extend(data);
    bytes
}

/// Numbers between −8 and 8 that follow no simple pattern.
pub(crate) fn numbers(count: usize, seed: u32) -> Vec<f32> {
    (0..count as u32)
        .map(|n| (n.wrapping_add(seed).wrapping_mul(2_654_435_761) as f32 / 2_f32.powi(28)) - 8.0)
        .collect()
}
