//! Arrays that are taken beside a tensor, mapped for reading: class indices and masks.

use std::ops::Range;

use memmap2::Mmap;
use wgpu_activations::{ClassType, Classes, Dtype};

use crate::layout::{Order, shape_text};
use crate::location::{Format, Location};
use crate::npy_header::{self, ArrayHeader, HeaderError};
use crate::reorder::order_matters;
use crate::safetensors_header::{self, CLASSES, Elements, MASKS};
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

/// Truth values, or numbers of some type.
pub(crate) type MaskFile = ArrayFile<Option<Dtype>>;

impl<T: Copy> ArrayFile<T> {
    /// An array that is wanted in that order; what it may have for elements is said for each format.
    fn map(
        location: &Location,
        wanted: Order,
        parse: impl FnOnce(&[u8]) -> Result<(ArrayHeader<T>, usize), HeaderError>,
        elements: &Elements<T>,
    ) -> Result<Self, Problem> {
        let map = map_path(location)?;
        let (order, array) = match location.format() {
            Format::Npy => {
                let (header, start) = parse(&map)?;
                let announced = header.data_bytes;
                let present = (map.len() - start) as u64;
                if present < announced {
                    return Err(Problem::Truncated { announced, present });
                }
                let array = Self {
                    shape: header.shape,
                    element: header.element,
                    data: start..start + announced as usize,
                    map,
                };
                (header.order, array)
            }
            Format::Safetensors(name) => {
                let found = safetensors_header::find(&map, name.as_deref(), elements)?;
                let array = Self {
                    shape: found.shape,
                    element: found.element,
                    data: found.data,
                    map,
                };
                (Order::C, array)
            }
        };
        if order != wanted && order_matters(&array.shape) {
            return Err(Problem::OtherOrder);
        }
        Ok(array)
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
        Self::map(location, order, npy_header::parse_classes, &CLASSES)
            .map_err(|problem| problem.of(location))
    }

    pub(crate) fn classes(&self) -> Classes<'_> {
        Classes::bytes(self.element, self.bytes())
    }
}

impl MaskFile {
    /// A mask that is wanted in that order.
    pub(crate) fn open(location: &Location, order: Order) -> Result<Self, TensorFileError> {
        Self::map(location, order, npy_header::parse_mask, &MASKS)
            .map_err(|problem| problem.of(location))
    }
}
