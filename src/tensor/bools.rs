use std::ops::Range;

use super::{TensorError, TensorView};
use crate::dtype::Dtype;

/// A window of truth values on a caller's buffer: a byte each, false where it is 0, as NumPy and PyTorch
/// keep their `bool`.
///
/// It may start at any byte.
#[derive(Clone, Debug)]
pub struct BoolView {
    /// The words that hold its bytes.
    words: TensorView,
    byte_offset: u64,
    len: u64,
}

impl BoolView {
    /// A window of `len` values that starts `byte_offset` bytes into `buffer`.
    pub fn new(buffer: &wgpu::Buffer, byte_offset: u64, len: u64) -> Result<Self, TensorError> {
        let words = buffer.size() / Dtype::F32.size();
        // Shaders reach storage in whole words only.
        let available = words * Dtype::F32.size();
        let end = byte_offset.checked_add(len);
        let Some(end) = end.filter(|&end| end <= available) else {
            return Err(TensorError::BoolsPastEnd {
                byte_offset,
                len,
                available,
            });
        };
        let first = byte_offset / Dtype::F32.size();
        let last = end.div_ceil(Dtype::F32.size());
        let start = first * Dtype::F32.size();
        Ok(Self {
            words: TensorView::new(buffer, Dtype::F32, start, last - first)?,
            byte_offset,
            len,
        })
    }

    /// The number of values.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it holds no value.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The buffer that it looks on.
    pub fn buffer(&self) -> &wgpu::Buffer {
        self.words.buffer()
    }

    /// The bytes of the buffer that it covers.
    pub fn byte_range(&self) -> Range<u64> {
        self.byte_offset..self.byte_offset + self.len
    }

    /// What a kernel binds for it.
    pub(crate) fn words(&self) -> &TensorView {
        &self.words
    }
}
