//! A mask's part in an operation over rows.

use super::plan::MaskPlacement;
use crate::kernels::KernelError;
use crate::kernels::checks::placement;
use crate::kernels::plan::Placement;
use crate::shader::{MaskKind, Operand};
use crate::tensor::{Mask, MaskValues, TensorView};

pub(super) fn kind(mask: &Mask) -> MaskKind {
    match mask.values() {
        MaskValues::Additive(_) => MaskKind::Additive,
        MaskValues::Boolean(_) => MaskKind::Boolean,
        MaskValues::Causal(_) => MaskKind::Causal,
    }
}

/// What is bound for it.
pub(super) fn view(mask: &Mask) -> Option<&TensorView> {
    match mask.values() {
        MaskValues::Additive(view) => Some(view),
        MaskValues::Boolean(view) => Some(view.words()),
        MaskValues::Causal(_) => None,
    }
}

pub(super) fn placed(mask: &Mask) -> Option<MaskPlacement<'_>> {
    let placement = match mask.values() {
        MaskValues::Additive(view) => placement(view),
        MaskValues::Boolean(view) => Placement {
            offset: view.byte_range().start,
            element_size: 1,
        },
        MaskValues::Causal(_) => return None,
    };
    Some(MaskPlacement {
        placement,
        broadcast: mask.broadcast(),
    })
}

/// No element may be written over one of the mask that another needs.
pub(super) fn check(
    operands: &[Operand],
    tensors: &[&TensorView],
    mask: &Mask,
) -> Result<(), KernelError> {
    let (buffer, bytes) = match mask.values() {
        MaskValues::Additive(view) => (view.buffer(), view.byte_range()),
        MaskValues::Boolean(view) => (view.buffer(), view.byte_range()),
        MaskValues::Causal(_) => return Ok(()),
    };
    for (operand, tensor) in operands.iter().zip(tensors) {
        let written = tensor.byte_range();
        let is_shared = bytes.start.max(written.start) < bytes.end.min(written.end);
        if operand.is_written && tensor.buffer() == buffer && is_shared {
            return Err(KernelError::Overlap {
                first: operand.name,
                first_start: written.start,
                first_end: written.end,
                second: "mask",
                second_start: bytes.start,
                second_end: bytes.end,
            });
        }
    }
    Ok(())
}
