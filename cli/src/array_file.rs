//! Arrays in npy files that are taken beside a tensor, mapped for reading: class indices and masks.

use std::ops::Range;

use memmap2::Mmap;
use wgpu_activations::{ClassType, Classes};

use crate::layout::{Order, shape_text};
use crate::location::{Format, Location};
use crate::npy_header::{self, ArrayHeader, HeaderError};
use crate::reorder::order_matters;
use crate::tensor_file::{Problem, TensorFileError, map_path};

/// An array of a file that is mapped into memory.
pub(crate) struct ArrayFile<T> {
    shape: Vec<u64>,
    element: T,
    map: Mmap,
    data: Range<usize>,
}

/// Class indices.
pub(crate) type ClassFile = ArrayFile<ClassType>;

impl<T: Copy> ArrayFile<T> {
    /// An array that is wanted in that order, with a header that `parse` reads.
    pub(crate) fn map(
        location: &Location,
        wanted: Order,
        parse: impl FnOnce(&[u8]) -> Result<(ArrayHeader<T>, usize), HeaderError>,
    ) -> Result<Self, Problem> {
        let map = map_path(location)?;
        let (header, start) = parse(&map)?;
        if header.order != wanted && order_matters(&header.shape) {
            return Err(Problem::OtherOrder);
        }
        let announced = header.data_bytes;
        let present = (map.len() - start) as u64;
        if present < announced {
            return Err(Problem::Truncated { announced, present });
        }
        Ok(Self {
            shape: header.shape,
            element: header.element,
            data: start..start + announced as usize,
            map,
        })
    }

    pub(crate) fn shape(&self) -> &[u64] {
        &self.shape
    }

    pub(crate) fn shape_text(&self) -> String {
        shape_text(&self.shape)
    }

    /// What its elements are.
    pub(crate) fn element(&self) -> T {
        self.element
    }

    pub(crate) fn bytes(&self) -> &[u8] {
        &self.map[self.data.clone()]
    }
}

impl ClassFile {
    /// Classes that are wanted in that order.
    pub(crate) fn open(location: &Location, order: Order) -> Result<Self, TensorFileError> {
        let classes = match location.format() {
            Format::Npy => Self::map(location, order, npy_header::parse_classes),
            Format::Safetensors(_) => Err(Problem::NotNpy),
        };
        classes.map_err(|problem| problem.of(location))
    }

    pub(crate) fn classes(&self) -> Classes<'_> {
        Classes::bytes(self.element, self.bytes())
    }
}
