//! npy files: mapped for reading, and the header for writing.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::{Path, PathBuf};

use memmap2::Mmap;

use crate::npy_header::{Header, HeaderError};

#[cfg(target_endian = "big")]
compile_error!(
    "npy data of dtypes '<f4' and '<f2' is handed on as it is, which needs a little-endian machine"
);

/// An npy file of dtype `<f4` or `<f2`, mapped into memory.
pub(crate) struct Npy {
    header: Header,
    map: Mmap,
    data: Range<usize>,
}

/// Why a file cannot be read as npy of such a dtype.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {problem}", .path.display())]
pub(crate) struct NpyError {
    path: PathBuf,
    #[source]
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
enum Problem {
    #[error("there is no such file; check its path")]
    Missing,
    #[error("it is not a regular file; save the array to disk with numpy.save and name that file")]
    NotAFile,
    #[error("{0}; check that it can be read")]
    Io(#[source] io::Error),
    #[error("the file is empty; save the array again with numpy.save")]
    Empty,
    #[error(transparent)]
    Header(#[from] HeaderError),
    #[error(
        "its header announces {announced} bytes of data, but the file holds {present} of them; \
         copy or save it again"
    )]
    Truncated { announced: u64, present: u64 },
}

impl Npy {
    pub(crate) fn open(path: &Path) -> Result<Self, NpyError> {
        Self::map(path).map_err(|problem| NpyError {
            path: path.to_owned(),
            problem,
        })
    }

    fn map(path: &Path) -> Result<Self, Problem> {
        // Asked before opening, which would wait for a writer where the path is a pipe.
        let metadata = fs::metadata(path).map_err(Problem::from_io)?;
        if !metadata.is_file() {
            return Err(Problem::NotAFile);
        }
        if metadata.len() == 0 {
            return Err(Problem::Empty);
        }
        let map =
            map_file(&File::open(path).map_err(Problem::from_io)?).map_err(Problem::from_io)?;
        let (header, start) = Header::parse(&map)?;
        let announced = header.data_bytes();
        let present = (map.len() - start) as u64;
        // Bytes after the data are left alone, as NumPy leaves them.
        if present < announced {
            return Err(Problem::Truncated { announced, present });
        }
        let data = start..start + announced as usize;
        Ok(Self { header, map, data })
    }

    pub(crate) fn header(&self) -> &Header {
        &self.header
    }

    /// The elements, in the order in which the file holds them.
    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map[self.data.clone()]
    }

    /// Tells the system that the bytes are read once, from first to last.
    pub(crate) fn read_sequentially(&self) {
        // Advice only: where the system does not take it, reading is merely slower.
        #[cfg(unix)]
        let _ = self.map.advise(memmap2::Advice::Sequential);
    }
}

impl Problem {
    fn from_io(error: io::Error) -> Self {
        match error.kind() {
            io::ErrorKind::NotFound => Self::Missing,
            _ => Self::Io(error),
        }
    }
}

#[expect(
    unsafe_code,
    reason = "mapping a file is the only way to read it without a copy"
)]
fn map_file(file: &File) -> io::Result<Mmap> {
    // SAFETY: the map is only read, as bytes and floats, for which every bit pattern is valid. What
    // remains is that another process changes the file meanwhile: changed bytes end up in the output
    // as they are read, and a shortened file ends this process with SIGBUS, before OUTPUT is renamed
    // into place. The help text asks not to do that.
    unsafe { Mmap::map(file) }
}
