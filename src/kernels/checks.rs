//! Whether tensors go together in an operation, and what their kernels must know of them.

use super::KernelError;
use super::plan::Placement;
use crate::dtype::Dtype;
use crate::shader::{Access, Operand, Operation};
use crate::tensor::TensorView;

/// The types of the tensors' elements.
pub(super) fn dtypes(tensors: &[&TensorView]) -> Vec<Dtype> {
    tensors.iter().map(|tensor| tensor.dtype()).collect()
}

/// How the tensors must be bound.
pub(super) fn access(tensors: &[&TensorView]) -> Access {
    let is_shared = |(index, tensor): (usize, &&TensorView)| {
        let mut others = tensors[..index].iter();
        others.any(|other| other.buffer() == tensor.buffer())
    };
    if tensors.iter().enumerate().any(is_shared) {
        Access::SharedBuffer
    } else {
        Access::Separate
    }
}

pub(super) fn placement(tensor: &TensorView) -> Placement {
    Placement {
        offset: tensor.byte_offset(),
        element_size: tensor.dtype().size(),
    }
}

/// Whether the tensors go together in an operation.
pub(super) fn check(
    operation: Operation,
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    if tensors.len() != operands.len() {
        return Err(KernelError::TensorCount {
            operation,
            expected: operands.len(),
            given: tensors.len(),
        });
    }
    check_lengths(operands, tensors)?;
    check_overlaps(operands, tensors)
}

/// Whether all tensors have the same length.
pub(super) fn check_lengths(
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    let (first_name, first) = (operands[0].name, tensors[0]);
    for (operand, tensor) in operands.iter().zip(tensors).skip(1) {
        if tensor.len() != first.len() {
            return Err(KernelError::LengthMismatch {
                first: first_name,
                first_len: first.len(),
                second: operand.name,
                second_len: tensor.len(),
            });
        }
    }
    Ok(())
}

/// Whether no tensor is written that shares bytes with another one.
pub(super) fn check_overlaps(
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    // Tensors that are only read may overlap each other.
    let named: Vec<_> = operands.iter().zip(tensors).collect();
    for (index, (operand, tensor)) in named.iter().enumerate() {
        for (other_operand, other) in &named[..index] {
            if (operand.is_written || other_operand.is_written) && tensor.overlaps(other) {
                let (a, b) = (other.byte_range(), tensor.byte_range());
                return Err(KernelError::Overlap {
                    first: other_operand.name,
                    first_start: a.start,
                    first_end: a.end,
                    second: operand.name,
                    second_start: b.start,
                    second_end: b.end,
                });
            }
        }
    }
    Ok(())
}
