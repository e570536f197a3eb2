//! Typed windows on a caller's buffers, validated once.

mod bools;
mod broadcast;
mod classes;
mod halves;
mod image;
mod mask;
mod rows;
mod view;

pub use bools::BoolView;
pub(crate) use broadcast::{Axes, Broadcast, Region};
pub use classes::{ClassIndices, ClassType};
pub use halves::{Gate, Halves};
pub use image::{Channels, ImageError, ImageFormat, ImageView};
pub(crate) use mask::{MAX_TERMS, MaskValues};
pub use mask::{Mask, MaskError};
#[cfg(feature = "offload")]
pub(crate) use mask::{MaskShape, last_offset};
pub use rows::{Rows, ShapeError};
pub use view::View;
pub(crate) use view::sealed::{Place, Words};

use std::ops::Range;

use crate::dtype::Dtype;

/// A window of elements on a caller's buffer.
///
/// Any offset that is a multiple of the element's size and any length will do, also 0. Windows that
/// start at a multiple of four elements run on the fastest kernels. A window of 16-bit elements may
/// start and end in the middle of a 32-bit word: its other half stays as it is. The window holds the
/// buffer by wgpu's own reference count.
#[derive(Clone, Debug)]
pub struct TensorView {
    buffer: wgpu::Buffer,
    dtype: Dtype,
    byte_offset: u64,
    len: u64,
}

impl TensorView {
    /// A window of `len` elements that starts `byte_offset` bytes into `buffer`.
    pub fn new(
        buffer: &wgpu::Buffer,
        dtype: Dtype,
        byte_offset: u64,
        len: u64,
    ) -> Result<Self, TensorError> {
        if !buffer.usage().contains(wgpu::BufferUsages::STORAGE) {
            return Err(TensorError::NotStorage {
                usage: buffer.usage(),
            });
        }
        if !byte_offset.is_multiple_of(dtype.size()) {
            return Err(TensorError::Misaligned { byte_offset, dtype });
        }
        let end = len
            .checked_mul(dtype.size())
            .and_then(|bytes| bytes.checked_add(byte_offset));
        let Some(end) = end.filter(|&end| end <= buffer.size()) else {
            return Err(TensorError::PastEnd {
                byte_offset,
                len,
                dtype,
                buffer: buffer.size(),
            });
        };
        // Shaders reach storage in whole words only.
        if end.next_multiple_of(4) > buffer.size() {
            return Err(TensorError::PartialWord {
                end,
                dtype,
                buffer: buffer.size(),
            });
        }
        Ok(Self {
            buffer: buffer.clone(),
            dtype,
            byte_offset,
            len,
        })
    }

    /// The whole of `buffer` as f32; up to three bytes at its end that make no element are left out.
    pub fn f32(buffer: &wgpu::Buffer) -> Result<Self, TensorError> {
        Self::new(buffer, Dtype::F32, 0, buffer.size() / Dtype::F32.size())
    }

    /// A part of this window, in elements counted from its start.
    pub fn slice(&self, elements: Range<u64>) -> Result<Self, TensorError> {
        let len = elements.end.checked_sub(elements.start);
        match len {
            Some(len) if elements.end <= self.len => Ok(Self {
                buffer: self.buffer.clone(),
                dtype: self.dtype,
                byte_offset: self.byte_offset + elements.start * self.dtype.size(),
                len,
            }),
            _ => Err(TensorError::Slice {
                start: elements.start,
                end: elements.end,
                len: self.len,
            }),
        }
    }

    /// The window that lies to `to` as this one lies to `from`, which holds it.
    pub(crate) fn moved(&self, from: &Self, to: &Self) -> Self {
        Self {
            buffer: to.buffer.clone(),
            byte_offset: self.byte_offset - from.byte_offset + to.byte_offset,
            ..*self
        }
    }

    /// Whether both are one window.
    pub(crate) fn is_same(&self, other: &Self) -> bool {
        self.is_within(other) && other.is_within(self)
    }

    /// Whether it lies inside another one.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let (inner, outer) = (self.byte_range(), other.byte_range());
        self.buffer == other.buffer && outer.start <= inner.start && inner.end <= outer.end
    }

    /// The buffer that it looks on.
    pub fn buffer(&self) -> &wgpu::Buffer {
        &self.buffer
    }

    /// What its elements are.
    pub fn dtype(&self) -> Dtype {
        self.dtype
    }

    /// Where it starts in its buffer, in bytes.
    pub fn byte_offset(&self) -> u64 {
        self.byte_offset
    }

    /// The number of elements.
    pub fn len(&self) -> u64 {
        self.len
    }

    /// Whether it holds no element.
    pub fn is_empty(&self) -> bool {
        self.len == 0
    }

    /// The bytes of the buffer that it covers.
    pub fn byte_range(&self) -> Range<u64> {
        self.byte_offset..self.byte_offset + self.len * self.dtype.size()
    }

    /// Whether some byte belongs to both windows.
    pub fn overlaps(&self, other: &Self) -> bool {
        let (a, b) = (self.byte_range(), other.byte_range());
        self.buffer == other.buffer && a.start.max(b.start) < a.end.min(b.end)
    }
}

/// Why a window on a buffer was refused.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum TensorError {
    /// The buffer cannot be bound as storage.
    #[error("the buffer's usage is {usage:?}; create it with BufferUsages::STORAGE")]
    NotStorage {
        /// The usage that the buffer was created with.
        usage: wgpu::BufferUsages,
    },
    /// The offset falls inside an element.
    #[error(
        "byte offset {byte_offset} is not a multiple of {}, the size of one {dtype}; start at byte {}",
        dtype.size(),
        byte_offset - byte_offset % dtype.size()
    )]
    Misaligned {
        /// The offset that was asked for.
        byte_offset: u64,
        /// The type of the elements.
        dtype: Dtype,
    },
    /// The window reaches past the buffer.
    #[error(
        "{len} elements of {dtype} from byte {byte_offset} reach past the buffer's {buffer} bytes; \
         shorten the view or enlarge the buffer"
    )]
    PastEnd {
        /// Where the window was to start.
        byte_offset: u64,
        /// How many elements it was to have.
        len: u64,
        /// The type of the elements.
        dtype: Dtype,
        /// The buffer's size in bytes.
        buffer: u64,
    },
    /// A window of truth values reaches past the buffer's whole words.
    #[error(
        "{len} bytes from byte {byte_offset} reach past the {available} of the buffer that make whole \
         32-bit words; shorten the view or enlarge the buffer"
    )]
    BoolsPastEnd {
        /// Where the window was to start.
        byte_offset: u64,
        /// How many values it was to have.
        len: u64,
        /// The bytes of the buffer's whole words.
        available: u64,
    },
    /// A window of class indices reaches past the buffer.
    #[error(
        "{len} class indices of {size} bytes from byte {byte_offset} reach past the buffer's {buffer} bytes; \
         shorten the view or enlarge the buffer"
    )]
    ClassesPastEnd {
        /// Where the window was to start.
        byte_offset: u64,
        /// How many indices it was to have.
        len: u64,
        /// The size of one in bytes.
        size: u64,
        /// The buffer's size in bytes.
        buffer: u64,
    },
    /// The last element lies in bytes at the buffer's end that make no whole 32-bit word.
    #[error(
        "a view of {dtype} that ends at byte {end} needs its last 32-bit word, but the buffer ends at byte \
         {buffer}; make the buffer's size a multiple of 4"
    )]
    PartialWord {
        /// Where the view ends.
        end: u64,
        /// The type of the elements.
        dtype: Dtype,
        /// The buffer's size in bytes.
        buffer: u64,
    },
    /// A part that is not inside the window.
    #[error(
        "elements {start}..{end} are not inside a view of {len} elements; choose a range that ascends \
         and ends at {len} at most"
    )]
    Slice {
        /// First element asked for.
        start: u64,
        /// One past the last.
        end: u64,
        /// The length of the view.
        len: u64,
    },
}
