//! Tensors in files, mapped for reading.

use std::fs::{self, File};
use std::io;
use std::ops::Range;
use std::path::Path;

use memmap2::Mmap;

use crate::layout::Layout;
use crate::location::{Format, Location};
use crate::npy_header;
use crate::safetensors_header::{self, NUMBERS};

#[cfg(target_endian = "big")]
compile_error!("the data of files are handed on as they are, which needs a little-endian machine");

/// A tensor of a file that is mapped into memory.
pub(crate) struct TensorFile {
    /// What the file calls it, where its format has names.
    name: Option<String>,
    layout: Layout,
    map: Mmap,
    data: Range<usize>,
}

/// Why a tensor cannot be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {location}: {problem}")]
pub(crate) struct TensorFileError {
    location: Location,
    #[source]
    problem: Problem,
}

#[derive(Debug, thiserror::Error)]
pub(crate) enum Problem {
    #[error("there is no such file; check its path")]
    Missing,
    #[error("it is not a regular file; save the tensor to disk and name that file")]
    NotAFile,
    #[error("{0}; check that it can be read")]
    Io(#[source] io::Error),
    #[error("the file is empty; save the tensor again with {saver}")]
    Empty { saver: &'static str },
    #[error(
        "it is not in the memory order of OUTPUT; save it again with numpy.ascontiguousarray, or \
         numpy.asfortranarray where INPUT is in Fortran order"
    )]
    OtherOrder,
    #[error(transparent)]
    Npy(#[from] npy_header::HeaderError),
    #[error(transparent)]
    Safetensors(#[from] safetensors_header::HeaderError),
    #[error(
        "its header announces {announced} bytes of data, but the file holds {present} of them; \
         copy or save it again"
    )]
    Truncated { announced: u64, present: u64 },
}

impl TensorFile {
    pub(crate) fn open(location: &Location) -> Result<Self, TensorFileError> {
        Self::map(location).map_err(|problem| problem.of(location))
    }

    fn map(location: &Location) -> Result<Self, Problem> {
        let map = map_path(location)?;
        match location.format() {
            Format::Npy => {
                let (layout, start) = npy_header::parse(&map)?;
                let announced = layout.data_bytes();
                let present = (map.len() - start) as u64;
                // Bytes after the data are left alone, as NumPy leaves them.
                if present < announced {
                    return Err(Problem::Truncated { announced, present });
                }
                Ok(Self {
                    name: None,
                    data: start..start + announced as usize,
                    layout,
                    map,
                })
            }
            Format::Safetensors(name) => {
                let found = safetensors_header::find(&map, name.as_deref(), &NUMBERS)?;
                Ok(Self {
                    layout: found.layout()?,
                    name: Some(found.name),
                    data: found.data,
                    map,
                })
            }
        }
    }

    /// What the file calls it, where its format has names.
    pub(crate) fn name(&self) -> Option<&str> {
        self.name.as_deref()
    }

    pub(crate) fn layout(&self) -> &Layout {
        &self.layout
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

/// The names of the tensors in an existing safetensors file; none where there is no such file.
pub(crate) fn tensors_in(location: &Location) -> Vec<String> {
    let map = map_path(location).ok();
    let names = map.and_then(|map| safetensors_header::tensors(&map).ok());
    names.unwrap_or_default()
}

pub(crate) fn map_path(location: &Location) -> Result<Mmap, Problem> {
    let path: &Path = location.path();
    // Asked before opening, which would wait for a writer where the path is a pipe.
    let metadata = fs::metadata(path).map_err(Problem::from_io)?;
    if !metadata.is_file() {
        return Err(Problem::NotAFile);
    }
    if metadata.len() == 0 {
        return Err(Problem::Empty {
            saver: match location.format() {
                Format::Npy => "numpy.save",
                Format::Safetensors(_) => "safetensors",
            },
        });
    }
    map_file(&File::open(path).map_err(Problem::from_io)?).map_err(Problem::from_io)
}

impl Problem {
    pub(crate) fn of(self, location: &Location) -> TensorFileError {
        TensorFileError {
            location: location.clone(),
            problem: self,
        }
    }

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
