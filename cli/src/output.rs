//! A file that is whole or not there: written beside its final name and renamed at the end.

#[cfg(unix)]
use std::fs::Permissions;
use std::fs::{self, File, Metadata, OpenOptions};
use std::io::{self, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf, is_separator};

use tempfile::NamedTempFile;

/// A file in the making. Dropped before [`Output::commit`], it leaves nothing behind.
pub(crate) struct Output {
    file: NamedTempFile,
    path: PathBuf,
    /// Where the file goes: `path`, symbolic links followed.
    destination: PathBuf,
    bytes: u64,
}

/// Why a file could not be written.
#[derive(Debug, thiserror::Error)]
#[error("cannot write {}: {problem}", .path.display())]
pub(crate) struct OutputError {
    path: PathBuf,
    #[source]
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("it is a folder; name a file in it")]
    Folder,
    #[error("it is not a regular file; name one that is, or a new one")]
    NotAFile,
    #[error("the folder {} does not exist; create it first", .0.display())]
    NoFolder(PathBuf),
    #[error("the existing file is protected ({0}); change its permissions or choose another name")]
    Protected(#[source] io::Error),
    #[error("the folder {} takes no new file ({error}); choose another", .folder.display())]
    ClosedFolder { folder: PathBuf, error: io::Error },
    #[error("there is no room for its {bytes} bytes ({error}); free some or choose another disk")]
    NoRoom { bytes: u64, error: io::Error },
    #[error("{0}; check the disk or choose another")]
    Io(#[from] io::Error),
}

impl Output {
    /// Starts a file of `bytes` bytes that is to be at `path`; says at once what stands in its way.
    pub(crate) fn create(path: &Path, bytes: u64) -> Result<Self, OutputError> {
        Self::start(path, bytes).map_err(|problem| OutputError {
            path: path.to_owned(),
            problem,
        })
    }

    fn start(path: &Path, bytes: u64) -> Result<Self, Problem> {
        let existing = match fs::metadata(path) {
            Ok(metadata) if metadata.is_dir() => return Err(Problem::Folder),
            Ok(metadata) if !metadata.is_file() => return Err(Problem::NotAFile),
            Ok(metadata) => Some(metadata),
            Err(error) if error.kind() == io::ErrorKind::NotFound => None,
            Err(error) => return Err(Problem::Io(error)),
        };
        if path.to_string_lossy().ends_with(is_separator) {
            return Err(Problem::Folder);
        }
        let destination = follow_links(path);
        // A rename asks for no permission to write to the file that it replaces: ask here.
        if existing.is_some() {
            let open = OpenOptions::new().write(true).open(&destination);
            open.map_err(Problem::Protected)?;
        }
        let folder = folder_of(&destination);
        let file = new_file_in(&folder, existing.as_ref()).map_err(|error| match error.kind() {
            io::ErrorKind::NotFound if !folder.exists() => Problem::NoFolder(folder),
            _ if is_lack_of_room(&error) => Problem::NoRoom { bytes, error },
            _ => Problem::ClosedFolder { folder, error },
        })?;
        reserve(file.as_file(), bytes).map_err(|error| Problem::NoRoom { bytes, error })?;
        Ok(Self {
            file,
            path: path.to_owned(),
            destination,
            bytes,
        })
    }

    /// Where the file goes, whatever way the path takes to it.
    pub(crate) fn place(&self) -> PathBuf {
        let (folder, name) = (folder_of(&self.destination), self.destination.file_name());
        let folder = fs::canonicalize(&folder).unwrap_or(folder);
        folder.join(name.unwrap_or_default())
    }

    /// Waits until the file is on the disk.
    pub(crate) fn sync(&self) -> Result<(), OutputError> {
        let result = self.file.as_file().sync_all();
        result.map_err(|error| self.error(error))
    }

    /// Puts the file in its place.
    pub(crate) fn commit(self) -> Result<(), OutputError> {
        let Self {
            file,
            path,
            destination,
            bytes,
        } = self;
        file.persist(&destination)
            .map_err(|error| OutputError::new(path, bytes, error.error))?;
        // The file is in its place; were the folder's own record lost, the old one would be there.
        #[cfg(unix)]
        if let Some(Ok(folder)) = destination.parent().map(File::open) {
            let _ = folder.sync_all();
        }
        Ok(())
    }

    /// What a failure to write means.
    pub(crate) fn error(&self, error: io::Error) -> OutputError {
        OutputError::new(self.path.clone(), self.bytes, error)
    }
}

impl Seek for Output {
    fn seek(&mut self, position: SeekFrom) -> io::Result<u64> {
        self.file.as_file_mut().seek(position)
    }
}

impl Write for Output {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.file.as_file_mut().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.as_file_mut().flush()
    }
}

impl OutputError {
    /// What a failure to write a file of `bytes` bytes means.
    pub(crate) fn new(path: PathBuf, bytes: u64, error: io::Error) -> Self {
        let problem = match is_lack_of_room(&error) {
            true => Problem::NoRoom { bytes, error },
            false => Problem::Io(error),
        };
        Self { path, problem }
    }
}

fn is_lack_of_room(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded | io::ErrorKind::FileTooLarge
    )
}

fn folder_of(path: &Path) -> PathBuf {
    match path.parent() {
        Some(parent) if parent != Path::new("") => parent.to_owned(),
        _ => PathBuf::from("."),
    }
}

/// The path with symbolic links followed, also where the last one points to nothing yet.
fn follow_links(path: &Path) -> PathBuf {
    let mut path = path.to_owned();
    // A link to itself ends at `fs::metadata`, before this.
    while let Ok(target) = fs::read_link(&path) {
        path = match path.parent() {
            Some(parent) => parent.join(target),
            None => target,
        };
    }
    path
}

/// A file with the permissions of the one that it will replace, else those of any new file.
fn new_file_in(folder: &Path, existing: Option<&Metadata>) -> io::Result<NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".wgpu-activations-").suffix(".tmp");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;

        let mode = existing.map(|metadata| metadata.permissions().mode() & 0o777);
        builder.permissions(Permissions::from_mode(mode.unwrap_or(0o666)));
    }
    let file = builder.tempfile_in(folder)?;
    // Creating it took away what the process's mask forbids.
    if let Some(metadata) = existing {
        file.as_file().set_permissions(metadata.permissions())?;
    }
    Ok(file)
}

/// Takes the room on the disk before the work starts, where the file system can.
#[cfg(target_os = "linux")]
fn reserve(file: &File, bytes: u64) -> io::Result<()> {
    let all = rustix::fs::FallocateFlags::empty();
    match rustix::fs::fallocate(file, all, 0, bytes).map_err(io::Error::from) {
        Err(error) if is_lack_of_room(&error) => Err(error),
        _ => Ok(()),
    }
}

/// Elsewhere a lack of room shows when it is reached.
#[cfg(not(target_os = "linux"))]
fn reserve(_: &File, _: u64) -> io::Result<()> {
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_unfinished_file_leaves_the_earlier_one() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y.npy");
        fs::write(&path, "earlier").unwrap();
        let mut output = Output::create(&path, 5).unwrap();
        output.write_all(b"later").unwrap();
        let error = output.error(io::ErrorKind::StorageFull.into()).to_string();
        assert!(
            error.contains("y.npy") && error.contains("free some"),
            "{error}"
        );
        drop(output);
        assert_eq!(fs::read(&path).unwrap(), b"earlier");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }

    #[test]
    fn a_finished_file_is_all_that_is_left() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("y.npy");
        let mut output = Output::create(&path, 5).unwrap();
        output.write_all(b"later").unwrap();
        output.commit().unwrap();
        assert_eq!(fs::read(&path).unwrap(), b"later");
        assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1);
    }
}
