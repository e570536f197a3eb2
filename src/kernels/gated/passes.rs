//! What a gated unit's operation is divided into.

use super::plan;
use crate::kernels::checks::placement;
use crate::kernels::plan::Step;
use crate::kernels::{KernelError, Kernels};
use crate::shader::GatedOperation;
use crate::tensor::{Halves, TensorView};

/// Dispatches over the same tensors.
pub(super) struct Pass {
    pub(super) operation: GatedOperation,
    /// For halves of one tensor: how many elements of one lie together, and where those of a and b begin.
    pub(super) run: u64,
    pub(super) starts: [u64; 2],
    pub(super) tensors: Vec<TensorView>,
    pub(super) steps: Vec<Step>,
}

impl Kernels {
    /// What an operation on halves takes: one pass where whole rows of them can be bound.
    pub(super) fn halves_passes(
        &self,
        operation: GatedOperation,
        halves: &Halves,
        tensors: &[&TensorView],
    ) -> Result<Vec<Pass>, KernelError> {
        let placements = tensors.iter().map(|tensor| placement(tensor));
        let placements: Vec<_> = placements.zip(operation.holds_halves()).collect();
        let two_results = operation.has_two_results();
        match plan::halves(&self.pipelines.limits, halves, &placements, two_results) {
            Some(steps) => Ok(vec![Pass {
                operation,
                run: halves.run(),
                starts: halves.starts(),
                tensors: tensors.iter().copied().cloned().collect(),
                steps,
            }]),
            None => self.far_apart(operation, halves, tensors),
        }
    }

    /// Where the two halves of one row cannot be bound as one they are views of their own.
    fn far_apart(
        &self,
        operation: GatedOperation,
        halves: &Halves,
        tensors: &[&TensorView],
    ) -> Result<Vec<Pass>, KernelError> {
        let run = halves.run();
        let mut passes = Vec::new();
        for row in 0..halves.rows().outer() {
            let mut views = Vec::new();
            for (tensor, holds_halves) in tensors.iter().zip(operation.holds_halves()) {
                if holds_halves {
                    for start in halves.starts() {
                        let start = row * 2 * run + start;
                        views.push(tensor.slice(start..start + run)?);
                    }
                } else {
                    views.push(tensor.slice(row * run..(row + 1) * run)?);
                }
            }
            let views: Vec<_> = views.iter().collect();
            passes.extend(self.passes(operation.of_views(), &views));
        }
        Ok(passes)
    }

    /// What an operation on views takes: two passes where the device binds too few buffers for one.
    pub(super) fn passes(&self, operation: GatedOperation, tensors: &[&TensorView]) -> Vec<Pass> {
        let bindings = self.device.limits().max_storage_buffers_per_shader_stage as usize;
        let pass = |operation, tensors: &[&TensorView]| self.pass(operation, tensors);
        match (operation, tensors) {
            (GatedOperation::Backward, &[a, b, grad_output, grad_a, grad_b])
                if bindings < tensors.len() =>
            {
                vec![
                    pass(GatedOperation::Forward, &[grad_output, b, grad_a]),
                    pass(GatedOperation::GateGradient, &[a, b, grad_output, grad_b]),
                ]
            }
            _ => vec![pass(operation, tensors)],
        }
    }

    fn pass(&self, operation: GatedOperation, tensors: &[&TensorView]) -> Pass {
        let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
        let len = tensors.first().map_or(0, |tensor| tensor.len());
        let limits = &self.pipelines.limits;
        Pass {
            operation,
            run: 0,
            starts: [0; 2],
            steps: plan::views(limits, len, &placements, operation.has_two_results()),
            tensors: tensors.iter().copied().cloned().collect(),
        }
    }
}

/// Whether each tensor has as many elements as the halves that it holds.
pub(super) fn check_halves(
    operation: GatedOperation,
    halves: &Halves,
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    let named = operation.operands().iter().zip(tensors);
    for ((operand, tensor), holds_halves) in named.zip(operation.holds_halves()) {
        let (name, len) = (operand.name, tensor.len());
        let half = halves.elements() / 2;
        if holds_halves && len != halves.elements() {
            return Err(KernelError::Shape {
                name,
                len,
                rows: halves.rows().count(),
                row: halves.rows().len(),
            });
        }
        if !holds_halves && len != half {
            return Err(KernelError::LengthMismatch {
                first: "each half",
                first_len: half,
                second: name,
                second_len: len,
            });
        }
    }
    Ok(())
}
