//! What a job computes.

use std::fmt;
use std::ops::Range;

use super::division::MAX_PIECE;
use crate::activation::{Activation, GatedActivation, RandomisedRelu, RowActivation, Seed};
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::shader::Operation;
use crate::tensor::{Halves, Rows, TensorView};

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

/// Units that are on the device together.
pub(super) struct Chunk {
    /// Which of all units these are.
    pub(super) units: Range<u64>,
    /// Their elements of each input.
    pub(super) inputs: Vec<TensorView>,
    /// Where their results go, unless in place of the last input.
    pub(super) output: Option<TensorView>,
}

fn operands(names: &[&'static str], unit: u64) -> Vec<Operand> {
    names.iter().map(|&name| Operand { name, unit }).collect()
}

fn elementwise_operands(is_backward: bool) -> Vec<Operand> {
    match is_backward {
        false => operands(&["the input"], 1),
        true => operands(&["the input", "the gradient of the output"], 1),
    }
}

/// An activation, in which every element is a unit.
#[derive(Debug)]
pub(super) struct Elementwise<'a> {
    pub(super) activation: &'a Activation,
    pub(super) elements: u64,
    pub(super) is_backward: bool,
}

impl Work for Elementwise<'_> {
    fn units(&self) -> u64 {
        self.elements
    }

    fn inputs(&self) -> Vec<Operand> {
        elementwise_operands(self.is_backward)
    }

    fn output_unit(&self) -> u64 {
        1
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let (activation, input) = (self.activation, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (false, None) => kernels.forward_in_place(activation, input),
            (false, Some(output)) => kernels.forward(activation, input, output),
            (true, None) => kernels.backward_in_place(activation, input, &chunk.inputs[1]),
            (true, Some(output)) => kernels.backward(activation, input, &chunk.inputs[1], output),
        };
        Ok(vec![prepared?])
    }
}

/// A function of rows, in which a unit is a slab: a row and those that lie between its elements.
#[derive(Debug)]
pub(super) struct OverRows<'a> {
    pub(super) activation: &'a RowActivation,
    pub(super) rows: Rows,
    pub(super) is_backward: bool,
}

impl Work for OverRows<'_> {
    fn units(&self) -> u64 {
        self.rows.outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        let unit = self.output_unit();
        match self.is_backward {
            false => operands(&["the input"], unit),
            true => operands(&["the saved output", "the gradient of the output"], unit),
        }
    }

    fn output_unit(&self) -> u64 {
        self.rows.len() * self.rows.inner()
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let rows = &self.rows.with_outer(chunk.units.end - chunk.units.start);
        let (activation, first) = (self.activation, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (false, None) => kernels.forward_rows_in_place(activation, rows, first),
            (false, Some(output)) => kernels.forward_rows(activation, rows, first, output),
            (true, None) => {
                kernels.backward_rows_in_place(activation, rows, first, &chunk.inputs[1])
            }
            (true, Some(output)) => {
                kernels.backward_rows(activation, rows, first, &chunk.inputs[1], output)
            }
        };
        Ok(vec![prepared?])
    }
}

/// A gated unit, in which a unit of work is what lies between two positions of the axes before that of
/// the halves.
#[derive(Debug)]
pub(super) struct OverHalves<'a> {
    pub(super) gated: &'a GatedActivation,
    pub(super) halves: Halves,
    pub(super) is_backward: bool,
}

impl Work for OverHalves<'_> {
    fn units(&self) -> u64 {
        self.halves.rows().outer()
    }

    fn inputs(&self) -> Vec<Operand> {
        let run = self.halves.run();
        let operand = |name, unit| Operand { name, unit };
        let input = operand("the input", 2 * run);
        match self.is_backward {
            false => vec![input],
            // The input last, so that its gradient may take its place.
            true => vec![operand("the gradient of the output", run), input],
        }
    }

    fn output_unit(&self) -> u64 {
        match self.is_backward {
            false => self.halves.run(),
            true => 2 * self.halves.run(),
        }
    }

    fn may_be_in_place(&self) -> bool {
        self.is_backward
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let halves = &self.halves.with_outer(chunk.units.end - chunk.units.start);
        let (gated, first) = (self.gated, &chunk.inputs[0]);
        let prepared = match (self.is_backward, &chunk.output) {
            (true, None) => {
                kernels.backward_gated_halves_in_place(gated, halves, &chunk.inputs[1], first)
            }
            (true, Some(output)) => {
                kernels.backward_gated_halves(gated, halves, &chunk.inputs[1], first, output)
            }
            (false, output) => {
                // Forward there always is one: the kernel would refuse the input.
                let output = output.as_ref().unwrap_or(first);
                kernels.forward_gated_halves(gated, halves, first, output)
            }
        };
        Ok(vec![prepared?])
    }
}

/// The randomised leaky ReLU, in which every element is a unit that has a place in the whole tensor.
#[derive(Debug)]
pub(super) struct Randomised<'a> {
    pub(super) relu: &'a RandomisedRelu,
    pub(super) seed: Seed,
    pub(super) elements: u64,
    pub(super) is_backward: bool,
}

impl Work for Randomised<'_> {
    fn units(&self) -> u64 {
        self.elements
    }

    fn inputs(&self) -> Vec<Operand> {
        elementwise_operands(self.is_backward)
    }

    fn output_unit(&self) -> u64 {
        1
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let seed = self.seed.from_element(chunk.units.start);
        let operation = match (self.is_backward, &chunk.output) {
            (false, None) => Operation::ForwardInPlace,
            (false, Some(_)) => Operation::Forward,
            (true, None) => Operation::BackwardInPlace,
            (true, Some(_)) => Operation::Backward,
        };
        let tensors: Vec<_> = chunk.inputs.iter().chain(&chunk.output).collect();
        let prepared = kernels.prepare_randomised(self.relu, seed, operation, &tensors);
        Ok(vec![prepared?])
    }
}

/// The statistics of what an activation makes of elements: each is a unit, and the records stay on the
/// device.
#[derive(Debug)]
pub(super) struct OfElements<'a> {
    pub(super) activation: &'a Activation,
    pub(super) threshold: f32,
    pub(super) channels: Rows,
    /// Those of each generation of elements, all zeros before the first.
    pub(super) records: Vec<TensorView>,
    /// The elements of one.
    pub(super) generation: u64,
}

impl Work for OfElements<'_> {
    fn units(&self) -> u64 {
        self.channels.elements()
    }

    fn inputs(&self) -> Vec<Operand> {
        operands(&["the input"], 1)
    }

    fn output_unit(&self) -> u64 {
        0
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let start = chunk.units.start;
        // A chunk that reaches into the next generation counts with the one in which it begins.
        let records = &self.records[(start / self.generation) as usize];
        let prepared = kernels.continue_statistics(
            (self.activation, self.threshold),
            &self.channels,
            (start, &chunk.inputs[0]),
            records,
        )?;
        Ok(vec![prepared])
    }
}
