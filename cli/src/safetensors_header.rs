//! The header of a safetensors file: its length in 8 bytes, then JSON that says where each tensor is.

use std::ops::Range;

use safetensors::SafeTensors;
use safetensors::tensor::{Dtype as FileDtype, Metadata, SafeTensorError, TensorInfo};
use wgpu_activations::Dtype;

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
        "its tensor {name:?} does not begin where the one before it ends, so that two overlap or \
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
    #[error(
        "its tensor {name:?} is of {dtype}, and only F32, F16 and BF16 are supported; convert it first"
    )]
    Dtype { name: String, dtype: FileDtype },
    #[error(
        "the shape {} of its tensor {name:?} is beyond 2^64 bytes; save it again with safetensors",
        shape_text(shape)
    )]
    TooLarge { name: String, shape: Vec<u64> },
}

/// A tensor in a file.
#[derive(Debug, PartialEq)]
pub(crate) struct Found {
    pub(crate) name: String,
    pub(crate) layout: Layout,
    /// Its bytes in the file.
    pub(crate) data: Range<usize>,
}

/// Finds the tensor of that name, or without one the only tensor.
pub(crate) fn find(file: &[u8], name: Option<&str>) -> Result<Found, HeaderError> {
    let (start, metadata) = read(file)?;
    let name = match name {
        Some(name) => name.to_owned(),
        None => only(&metadata)?,
    };
    let Some(info) = metadata.info(&name) else {
        let there = metadata.offset_keys();
        return Err(HeaderError::Missing { name, there });
    };
    let dtype = match info.dtype {
        FileDtype::F32 => Dtype::F32,
        FileDtype::F16 => Dtype::F16,
        FileDtype::BF16 => Dtype::Bf16,
        dtype => return Err(HeaderError::Dtype { name, dtype }),
    };
    let shape: Vec<u64> = info.shape.iter().map(|&extent| extent as u64).collect();
    let (first, end) = info.data_offsets;
    match Layout::new(shape.clone(), Order::C, dtype) {
        Some(layout) => Ok(Found {
            name,
            layout,
            data: start + first..start + end,
        }),
        None => Err(HeaderError::TooLarge { name, shape }),
    }
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
