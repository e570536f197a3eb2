//! What a job computes.

use std::fmt;
use std::ops::Range;

use super::division::MAX_PIECE;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::TensorView;

/// Makes one tensor from others, unit by unit: units lie one after another in each tensor, and none
/// depends on another.
pub(super) trait Work: fmt::Debug + Send + Sync {
    /// How many units there are.
    fn units(&self) -> u64;

    /// The tensors that it takes.
    fn inputs(&self) -> Vec<Operand>;

    /// The elements of the result that a unit has.
    fn output_unit(&self) -> u64;

    /// Whether the result may take the place of the last input, where they are alike.
    fn may_be_in_place(&self) -> bool;

    /// How many elements of a tensor a step moves at most.
    fn most_elements(&self) -> u64 {
        MAX_PIECE
    }

    /// Prepares the kernels for some of the units, in the order in which they run.
    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError>;
}

/// A tensor that a work takes.
pub(super) struct Operand {
    /// What errors call it.
    pub(super) name: &'static str,
    /// The elements that a unit has.
    pub(super) unit: u64,
}

impl Operand {
    /// Tensors of which a unit has as many elements.
    pub(super) fn alike(names: &[&'static str], unit: u64) -> Vec<Self> {
        names.iter().map(|&name| Self { name, unit }).collect()
    }
}

/// Units that are on the device together.
pub(super) struct Chunk {
    /// Which of all units these are.
    pub(super) units: Range<u64>,
    /// Their elements of each input.
    pub(super) inputs: Vec<TensorView>,
    /// Where their results go, unless in place of the last input.
    pub(super) output: Option<TensorView>,
}
