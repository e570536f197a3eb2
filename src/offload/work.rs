//! What a job computes.

use std::fmt;
use std::ops::Range;

use super::division::MAX_PIECE;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::tensor::{Rows, TensorView};

/// Makes one tensor from others, unit by unit: units lie one after another in each tensor, and none
/// depends on another.
pub(super) trait Work: fmt::Debug + Send + Sync {
    /// How many units there are.
    fn units(&self) -> u64;

    /// The tensors that it takes.
    fn inputs(&self) -> Vec<Operand>;

    /// The elements of the result that a unit has.
    fn output_unit(&self) -> u64;

    /// Into how many columns, none of which depends on another, a unit can be cut: in each tensor it is so
    /// many columns wide, as often as it has elements for.
    fn columns(&self) -> u64 {
        1
    }

    /// Whether the result may take the place of the last input, where they are alike.
    fn may_be_in_place(&self) -> bool;

    /// Whether something of it is on a device from one chunk to the next.
    fn stays_on_one_device(&self) -> bool {
        false
    }

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
    /// How many elements, side by side, a column has wherever it has any.
    pub(super) width: u64,
}

impl Operand {
    /// Tensors of which a unit has as many elements.
    pub(super) fn alike(names: &[&'static str], unit: u64) -> Vec<Self> {
        names.iter().map(|&name| Self::new(name, unit)).collect()
    }

    /// A tensor in which columns are one element wide.
    pub(super) fn new(name: &'static str, unit: u64) -> Self {
        Self {
            name,
            unit,
            width: 1,
        }
    }
}

/// Units that are on the device together.
pub(super) struct Chunk {
    /// Which of all units these are.
    pub(super) units: Range<u64>,
    /// Which of their columns: all, or some of a single unit.
    pub(super) columns: Range<u64>,
    /// Their elements of each input.
    pub(super) inputs: Vec<TensorView>,
    /// Where their results go, unless in place of the last input.
    pub(super) output: Option<TensorView>,
}

impl Chunk {
    /// The rows that it has of all of them, where a unit is a slab and a column a row.
    pub(super) fn rows(&self, all: &Rows) -> Rows {
        let (outer, inner) = (
            self.units.end - self.units.start,
            self.columns.end - self.columns.start,
        );
        Rows::new(outer, all.len(), inner)
    }
}
