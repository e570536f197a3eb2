use super::{TensorError, TensorView};
use crate::dtype::Dtype;

/// What class indices are in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ClassType {
    /// 32 bits.
    U32,
    /// 32 bits, with a sign.
    I32,
    /// 64 bits, with a sign, little-endian: as NumPy and PyTorch have them.
    I64,
}

impl ClassType {
    /// The size of one index in bytes.
    pub const fn size(self) -> u64 {
        match self {
            Self::U32 | Self::I32 => 4,
            Self::I64 => 8,
        }
    }
}

/// A window of class indices on a caller's buffer: one for each row of logits.
#[derive(Clone, Debug)]
pub struct ClassIndices {
    words: TensorView,
    class_type: ClassType,
}

impl ClassIndices {
    /// A window of `len` indices that starts `byte_offset` bytes, a multiple of 4, into `buffer`.
    pub fn new(
        buffer: &wgpu::Buffer,
        class_type: ClassType,
        byte_offset: u64,
        len: u64,
    ) -> Result<Self, TensorError> {
        let size = class_type.size();
        // 32-bit words, of which every bit is loaded as it is.
        let words = TensorView::new(
            buffer,
            Dtype::F32,
            byte_offset,
            len.saturating_mul(size / 4),
        );
        let words = words.map_err(|error| match error {
            TensorError::PastEnd { buffer, .. } => TensorError::ClassesPastEnd {
                byte_offset,
                len,
                size,
                buffer,
            },
            other => other,
        })?;
        Ok(Self { words, class_type })
    }

    /// What the indices are.
    pub fn class_type(&self) -> ClassType {
        self.class_type
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.words.len() / (self.class_type.size() / 4)
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.words.is_empty()
    }

    pub(crate) fn words(&self) -> &TensorView {
        &self.words
    }
}
