use std::sync::PoisonError;

use super::division::Division;
use super::slot::{Slot, Tensors, Types};
use super::{Job, Offload, OffloadError};

/// Steps on their way at a time: one being filled, one being computed, one being read.
pub(super) const SLOTS: usize = 3;

/// The slots of one job.
pub(super) struct Ring<'a> {
    gpu: &'a Offload,
    capacity: u64,
    types: Types,
    /// Those of all slots, where a chunk is larger than a slot.
    tensors: Option<Tensors>,
    free: Vec<Slot>,
}

impl<'a> Ring<'a> {
    pub(super) fn new(
        gpu: &'a Offload,
        job: &Job<'_>,
        division: &Division,
    ) -> Result<Self, OffloadError> {
        let types = types(job);
        let tensors = match division.large_chunk() {
            Some((inputs, output)) => {
                let columns = match division.is_cut() {
                    true => 1,
                    false => job.work.columns(),
                };
                check_sizes(gpu, &types, (&inputs, output), columns)?;
                Some(Tensors::new(gpu, &types, &inputs, output)?)
            }
            None => None,
        };
        Ok(Self {
            gpu,
            capacity: division.piece(),
            types,
            tensors,
            free: Vec::new(),
        })
    }

    /// A slot that is not in use: one of this job or of an earlier one, or a new one.
    pub(super) fn take(&mut self) -> Result<Slot, OffloadError> {
        if let Some(slot) = self.free.pop() {
            return Ok(slot);
        }
        if self.tensors.is_none() {
            let mut idle = self.gpu.idle.lock().unwrap_or_else(PoisonError::into_inner);
            let serves = |slot: &Slot| slot.serves(self.capacity, &self.types);
            if let Some(index) = idle.iter().position(serves) {
                return Ok(idle.swap_remove(index));
            }
            // Slots of another kind give way, so that idle ones never exceed one ring.
            idle.clear();
        }
        Slot::new(self.gpu, self.capacity, &self.types, self.tensors.as_ref())
    }

    /// Takes back a slot that is no longer in use.
    pub(super) fn give_back(&mut self, slot: Slot) {
        self.free.push(slot);
    }

    /// Keeps the slots for later jobs, but never more than one ring of them, and none with tensors for
    /// a large chunk.
    pub(super) fn keep(self) {
        if self.tensors.is_none() {
            let mut idle = self.gpu.idle.lock().unwrap_or_else(PoisonError::into_inner);
            idle.extend(self.free);
            idle.truncate(SLOTS);
        }
    }
}

fn types(job: &Job<'_>) -> Types {
    let inputs: Vec<_> = job.inputs.iter().map(|input| input.dtype).collect();
    let (operands, output) = (job.work.inputs(), job.output.dtype);
    let last = inputs.last().zip(operands.last());
    let is_alike = last
        .is_some_and(|(&dtype, operand)| dtype == output && operand.unit == job.work.output_unit());
    Types {
        inputs,
        output,
        is_in_place: is_alike && job.work.may_be_in_place(),
    }
}

/// Whether the tensors of a chunk, of so many columns that may not be cut, fit into buffers.
fn check_sizes(
    gpu: &Offload,
    types: &Types,
    (inputs, output): (&[u64], u64),
    columns: u64,
) -> Result<(), OffloadError> {
    let limit = gpu.device.limits().max_buffer_size;
    let inputs = types.inputs.iter().zip(inputs);
    for (&dtype, &elements) in inputs.chain([(&types.output, &output)]) {
        let bytes = elements.saturating_mul(dtype.size());
        // Buffers are as long as whole words.
        if bytes > limit & !3 {
            return Err(OffloadError::UnitTooLarge {
                elements,
                dtype,
                bytes,
                limit,
                columns,
            });
        }
    }
    Ok(())
}
