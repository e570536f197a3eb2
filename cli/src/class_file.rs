//! Class indices in npy files, mapped for reading.

use std::ops::Range;

use memmap2::Mmap;
use wgpu_activations::{ClassType, Classes};

use crate::layout::{Order, shape_text};
use crate::location::{Format, Location};
use crate::npy_header;
use crate::reorder::order_matters;
use crate::tensor_file::{Problem, TensorFileError, map_path};

/// Class indices of a file that is mapped into memory.
pub(crate) struct ClassFile {
    shape: Vec<u64>,
    class_type: ClassType,
    map: Mmap,
    data: Range<usize>,
}

impl ClassFile {
    /// Classes that are wanted in that order.
    pub(crate) fn open(location: &Location, order: Order) -> Result<Self, TensorFileError> {
        Self::map(location, order).map_err(|problem| problem.of(location))
    }

    fn map(location: &Location, wanted: Order) -> Result<Self, Problem> {
        if *location.format() != Format::Npy {
            return Err(Problem::NotNpy);
        }
        let map = map_path(location)?;
        let (header, start) = npy_header::parse_classes(&map)?;
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
            class_type: header.class_type,
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

    pub(crate) fn classes(&self) -> Classes<'_> {
        Classes::bytes(self.class_type, &self.map[self.data.clone()])
    }
}
