//! Class indices from memory.

use super::{Input, OffloadError};
use crate::activation::CrossEntropy;
use crate::dtype::Dtype;
use crate::tensor::{ClassType, Rows};

/// The class of each row, in memory that need not be aligned.
#[derive(Clone, Copy, Debug)]
pub struct Classes<'a> {
    pub(super) class_type: ClassType,
    bytes: &'a [u8],
}

impl<'a> Classes<'a> {
    /// Indices in the machine's byte order, such as those of a mapped file; bytes at the end that make no
    /// whole index are left out.
    pub fn bytes(class_type: ClassType, bytes: &'a [u8]) -> Self {
        Self { class_type, bytes }
    }

    /// How many there are.
    pub fn len(&self) -> u64 {
        self.bytes.len() as u64 / self.class_type.size()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The words that they are.
    pub(super) fn into_input(self) -> Input<'a> {
        Input::bytes(Dtype::F32, self.bytes)
    }

    /// Each of them.
    fn iter(&self) -> Box<dyn Iterator<Item = i64> + 'a> {
        let words = self.bytes.as_chunks::<4>().0.iter();
        let pairs = self.bytes.as_chunks::<8>().0.iter();
        match self.class_type {
            ClassType::U32 => Box::new(words.map(|&word| u32::from_ne_bytes(word).into())),
            ClassType::I32 => Box::new(words.map(|&word| i32::from_ne_bytes(word).into())),
            ClassType::I64 => Box::new(pairs.map(|&pair| i64::from_ne_bytes(pair))),
        }
    }
}

impl<'a> From<&'a [i64]> for Classes<'a> {
    fn from(classes: &'a [i64]) -> Self {
        Self::bytes(ClassType::I64, bytemuck::cast_slice(classes))
    }
}

impl<'a> From<&'a [i32]> for Classes<'a> {
    fn from(classes: &'a [i32]) -> Self {
        Self::bytes(ClassType::I32, bytemuck::cast_slice(classes))
    }
}

impl<'a> From<&'a [u32]> for Classes<'a> {
    fn from(classes: &'a [u32]) -> Self {
        Self::bytes(ClassType::U32, bytemuck::cast_slice(classes))
    }
}

impl Classes<'_> {
    /// How many rows are not ignored, unless a class of one of them does not exist.
    pub fn check(&self, loss: &CrossEntropy, rows: &Rows) -> Result<u64, OffloadError> {
        let (len, elements) = (self.len(), rows.count());
        if len != elements {
            return Err(OffloadError::LengthMismatch {
                name: "the list of targets",
                len,
                elements,
            });
        }
        let (mut counted, mut invalid, mut first) = (0, 0, None);
        for (row, class) in (0..).zip(self.iter()) {
            if class == loss.ignore_index() {
                continue;
            }
            counted += 1;
            if !u64::try_from(class).is_ok_and(|class| class < rows.len()) {
                invalid += 1;
                first = first.or(Some((row, class)));
            }
        }
        match first {
            None => Ok(counted),
            Some((row, class)) => Err(OffloadError::InvalidClasses {
                invalid,
                rows: elements,
                row,
                class,
                classes: rows.len(),
                ignore_index: loss.ignore_index(),
            }),
        }
    }
}
