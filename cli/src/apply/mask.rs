//! Masks on rows: causal, or from a file.

use std::iter::repeat_n;

use wgpu_activations::{HostMask, MaskError};

use crate::arguments::Apply;
use crate::array_file::MaskFile;
use crate::error::Error;
use crate::layout::{Layout, Order};
use crate::reorder::order_matters;

impl MaskFile {
    /// What it says of a tensor, where the two have these shapes.
    fn mask(&self, shape: &[u64], axis: i64, mask: &[u64]) -> Result<HostMask<'_>, MaskError> {
        match self.element() {
            Some(dtype) => HostMask::additive_bytes(shape, axis, mask, dtype, self.bytes()),
            None => HostMask::boolean_bytes(shape, axis, mask, self.bytes()),
        }
    }

    /// The same where the tensor is laid out like that, as both lie in memory.
    fn mask_in_memory(&self, layout: &Layout, axis: i64) -> Result<HostMask<'_>, MaskError> {
        // An error shows the shapes as NumPy does.
        let mask = self.mask(layout.shape(), axis, self.shape())?;
        if !is_turned(layout) {
            return Ok(mask);
        }
        let turned = |shape: &[u64]| shape.iter().rev().copied().collect::<Vec<_>>();
        // The axes that the mask does not have come last then.
        let missing = layout.shape().len() - self.shape().len();
        let mask_shape = [turned(self.shape()), repeat_n(1, missing).collect()].concat();
        self.mask(&turned(layout.shape()), -1 - axis, &mask_shape)
    }
}

/// The mask that is asked for, of rows along an axis of an input that is laid out like that.
pub(super) fn mask<'a>(
    arguments: &Apply,
    file: Option<&'a MaskFile>,
    layout: &Layout,
    axis: i64,
) -> Result<Option<HostMask<'a>>, Error> {
    let input = || arguments.input.clone();
    match (file, &arguments.mask) {
        (Some(file), Some(location)) => {
            let mask = file.mask_in_memory(layout, axis);
            let mask = mask.map_err(|error| Error::Mask {
                mask: location.clone(),
                input: input(),
                error: Box::new(error),
            });
            mask.map(Some)
        }
        _ if !arguments.causal => Ok(None),
        _ if is_turned(layout) => Err(Error::CausalOrder(input())),
        _ => match HostMask::causal(layout.shape(), axis) {
            Ok(mask) => Ok(Some(mask)),
            Err(error) => Err(Error::Causal {
                input: input(),
                error: Box::new(error),
            }),
        },
    }
}

/// Whether the axes lie in memory the other way round.
fn is_turned(layout: &Layout) -> bool {
    layout.order() == Order::Fortran && order_matters(layout.shape())
}
