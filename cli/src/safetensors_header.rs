//! The header of a safetensors file: its length in 8 bytes, then JSON that says where each tensor is.

use std::ops::Range;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype as FileDtype, Metadata, SafeTensorError, TensorInfo};
use wgpu_activations::{ClassType, Dtype};

use crate::layout::{Layout, Order, shape_text};

/// The bytes of a header's length, and what the header's own length is a multiple of.
const WORD: usize = 8;
/// Names of tensors that an error lists.
const LISTED: usize = 24;

/// Why a file's header does not lead to a tensor.
#[derive(Debug, thiserror::Error)]
pub(crate) enum HeaderError {
    #[error("it ends within its header; copy it again, or save it again with safetensors")]
    Truncated,
    #[error(
        "it does not start as a safetensors file does: its header would have {0} bytes; \
         save it with safetensors"
    )]
    TooLong(u64),
    #[error("its header is not as safetensors writes it ({0}); save it again with safetensors")]
    Malformed(String),
    #[error(
        "its tensor {name:?} does not begin where the one before it ends, or the first at 0, so that two overlap or \
         bytes belong to none; save it again with safetensors"
    )]
    Misplaced { name: String },
    #[error(
        "its header announces {announced} bytes of data, but the file holds {present} of them; \
         copy or save it again"
    )]
    OtherLength { announced: u64, present: u64 },
    #[error("it has no tensor {name:?}; {}", listed(there))]
    Missing { name: String, there: Vec<String> },
    #[error(
        "it has more than one tensor; write FILE.safetensors:NAME with one of them: {}",
        names(there)
    )]
    Unnamed { there: Vec<String> },
    #[error("its tensor {name:?} is of {dtype}, and only {taken} are taken here; convert it first")]
    Dtype {
        name: String,
        dtype: FileDtype,
        taken: &'static str,
    },
    #[error(
        "the shape {} of its tensor {name:?} is beyond 2^64 bytes; save it again with safetensors",
        shape_text(shape)
    )]
    TooLarge { name: String, shape: Vec<u64> },
}

/// The types that the elements of a tensor may have.
pub(crate) struct Elements<T: 'static> {
    types: &'static [(FileDtype, T)],
    /// As an error lists them.
    names: &'static str,
}

pub(crate) const NUMBERS: Elements<Dtype> = Elements {
    types: &[
        (FileDtype::F32, Dtype::F32),
        (FileDtype::F16, Dtype::F16),
        (FileDtype::BF16, Dtype::Bf16),
    ],
    names: "F32, F16 and BF16",
};

pub(crate) const CLASSES: Elements<ClassType> = Elements {
    types: &[
        (FileDtype::I64, ClassType::I64),
        (FileDtype::I32, ClassType::I32),
        (FileDtype::U32, ClassType::U32),
    ],
    names: "I64, I32 and U32",
};

/// Truth values, which are bytes, or numbers.
pub(crate) const MASKS: Elements<Option<Dtype>> = Elements {
    types: &[
        (FileDtype::BOOL, None),
        (FileDtype::F32, Some(Dtype::F32)),
        (FileDtype::F16, Some(Dtype::F16)),
        (FileDtype::BF16, Some(Dtype::Bf16)),
    ],
    names: "BOOL, F32, F16 and BF16",
};

/// A tensor in a file, in C order.
#[derive(Debug, PartialEq)]
pub(crate) struct Found<T> {
    pub(crate) name: String,
    pub(crate) element: T,
    pub(crate) shape: Vec<u64>,
    /// Its bytes in the file.
    pub(crate) data: Range<usize>,
}

impl Found<Dtype> {
    pub(crate) fn layout(&self) -> Result<Layout, HeaderError> {
        let too_large = || HeaderError::TooLarge {
            name: self.name.clone(),
            shape: self.shape.clone(),
        };
        Layout::new(self.shape.clone(), Order::C, self.element).ok_or_else(too_large)
    }
}

/// Finds the tensor of that name, or without one the only tensor.
pub(crate) fn find<T: Copy>(
    file: &[u8],
    name: Option<&str>,
    elements: &Elements<T>,
) -> Result<Found<T>, HeaderError> {
    let (start, metadata) = read(file)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => only(&metadata)?,
    };
    let Some(info) = metadata.info(&name) else {
        let there = metadata.offset_keys();
        return Err(HeaderError::Missing { name, there });
    };
    let known = elements
        .types
        .iter()
        .find(|(known, _)| info.dtype == *known);
    let Some(&(_, element)) = known else {
        return Err(HeaderError::Dtype {
            name,
            dtype: info.dtype,
            taken: elements.names,
        });
    };
    let (first, end) = info.data_offsets;
    Ok(Found {
        name,
        element,
        shape: info.shape.iter().map(|&extent| extent as u64).collect(),
        data: start + first..start + end,
    })
}

/// The names of all tensors.
pub(crate) fn tensors(file: &[u8]) -> Result<Vec<String>, HeaderError> {
    Ok(read(file)?.1.offset_keys())
}

/// The start of a file that holds one tensor, in C order.
pub(crate) fn to_bytes(layout: &Layout, name: &str) -> Result<Vec<u8>, HeaderError> {
    let malformed = |error: String| HeaderError::Malformed(error);
    let extent =
        |&extent: &u64| usize::try_from(extent).map_err(|error| malformed(error.to_string()));
    let info = TensorInfo {
        dtype: match layout.dtype() {
            Dtype::F16 => FileDtype::F16,
            Dtype::Bf16 => FileDtype::BF16,
            _ => FileDtype::F32,
        },
        shape: layout
            .shape()
            .iter()
            .map(extent)
            .collect::<Result<_, _>>()?,
        data_offsets: (0, layout.data_bytes() as usize),
    };
    let metadata = Metadata::new(None, vec![(name.to_owned(), info)]);
    let metadata = metadata.map_err(|error| malformed(error.to_string()))?;
    let mut text = serde_json::to_vec(&metadata).map_err(|error| malformed(error.to_string()))?;
    text.resize(text.len().next_multiple_of(WORD), b' ');
    let mut bytes = (text.len() as u64).to_le_bytes().to_vec();
    bytes.extend(text);
    Ok(bytes)
}

/// The header, and where the data starts; all tensors lie within the file, one after another.
fn read(file: &[u8]) -> Result<(usize, Metadata), HeaderError> {
    let (length, rest) = file.split_first_chunk().ok_or(HeaderError::Truncated)?;
    let length = u64::from_le_bytes(*length);
    let text = usize::try_from(length)
        .ok()
        .and_then(|length| rest.get(..length));
    SafeTensors::read_metadata(file)
        .map(|(length, metadata)| (WORD + length, metadata))
        .map_err(|error| match error {
            SafeTensorError::HeaderTooLarge => HeaderError::TooLong(length),
            SafeTensorError::InvalidHeaderLength => HeaderError::Truncated,
            SafeTensorError::InvalidOffset(name) => HeaderError::Misplaced { name },
            SafeTensorError::MetadataIncompleteBuffer => {
                other_length(text.unwrap_or_default(), rest)
            }
            error => HeaderError::Malformed(error.to_string()),
        })
}

/// The error of a file whose data are fewer or more than its header, which is valid, says.
fn other_length(header: &[u8], rest: &[u8]) -> HeaderError {
    match serde_json::from_slice::<Metadata>(header) {
        Ok(metadata) => HeaderError::OtherLength {
            announced: metadata.data_len() as u64,
            present: (rest.len() - header.len()) as u64,
        },
        Err(error) => HeaderError::Malformed(error.to_string()),
    }
}

/// The name of the only tensor.
fn only(metadata: &Metadata) -> Result<String, HeaderError> {
    let mut there = metadata.offset_keys();
    match there.len() {
        1 => Ok(there.swap_remove(0)),
        0 => Err(HeaderError::Malformed("it has no tensor".to_owned())),
        _ => Err(HeaderError::Unnamed { there }),
    }
}

fn listed(there: &[String]) -> String {
    match there {
        [] => "it has none".to_owned(),
        there => format!("it has {}", names(there)),
    }
}

/// Names as an error lists them.
pub(crate) fn names(all: &[String]) -> String {
    let shown = all.iter().take(LISTED).map(|name| format!("{name:?}"));
    let mut text = shown.collect::<Vec<_>>().join(", ");
    if let Some(more) = all.len().checked_sub(LISTED).filter(|&more| more > 0) {
        text.push_str(&format!(" and {more} more"));
    }
    text
}
