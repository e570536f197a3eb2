use std::collections::VecDeque;
use std::io::Read;
use std::ops::ControlFlow;
use std::sync::PoisonError;

use super::poller::Mapped;
use super::ring::{self, SLOTS, Slot};
use super::{Input, Job, Offload, OffloadError, Output, Progress};
use crate::kernels::Prepared;

/// A chunk that was submitted.
struct InFlight {
    slot: Slot,
    len: u64,
    mapped: Vec<Mapped>,
}

/// Streams a job: while one chunk is computed, the next is filled and the one before is read.
pub(super) async fn run(gpu: &Offload, mut job: Job<'_>) -> Result<(), OffloadError> {
    check_lengths(&job)?;
    if gpu.poller.is_lost() {
        return Err(OffloadError::DeviceLost);
    }
    let chunk = ring::chunk(&gpu.device.limits(), job.elements);
    let mut source = Source {
        scratch: Vec::new(),
        position: 0,
    };
    let mut in_flight: VecDeque<InFlight> = VecDeque::with_capacity(SLOTS);
    let mut submitted = 0;
    let mut done = 0;
    while done < job.elements {
        while submitted < job.elements && in_flight.len() < SLOTS {
            let len = chunk.min(job.elements - submitted);
            let slot = take_slot(gpu, &job, chunk)?;
            in_flight.push_back(submit(gpu, &mut job, &mut source, slot, len)?);
            submitted += len;
        }
        let Some(InFlight { slot, len, mapped }) = in_flight.pop_front() else {
            break;
        };
        for mapping in mapped {
            gpu.poller.wait_for(mapping).await?;
        }
        slot.read(len, |bytes| write(&mut job.output, done, bytes))?;
        done += len;
        keep(gpu, slot);
        let progress = Progress {
            done,
            total: job.elements,
        };
        if let Some(on_progress) = &mut job.progress
            && on_progress(progress) == ControlFlow::Break(())
        {
            return Err(OffloadError::Cancelled {
                done,
                total: job.elements,
            });
        }
    }
    Ok(())
}

fn check_lengths(job: &Job<'_>) -> Result<(), OffloadError> {
    let input = |input: &Input<'_>| match input {
        Input::Slice(slice) => Some(slice.len()),
        Input::Reader(_) => None,
    };
    let output = match &job.output {
        Output::Slice(slice) => Some(slice.len()),
        Output::Writer(_) => None,
    };
    let lengths = [
        ("the input", input(&job.input)),
        (
            "the gradient of the output",
            job.grad_output.as_ref().and_then(input),
        ),
        ("the output", output),
    ];
    for (name, len) in lengths {
        if let Some(len) = len
            && len as u64 != job.elements
        {
            return Err(OffloadError::LengthMismatch {
                name,
                len: len as u64,
                elements: job.elements,
            });
        }
    }
    Ok(())
}

/// Keeps a slot for later, but never more than one ring of them.
fn keep(gpu: &Offload, slot: Slot) {
    let mut idle = gpu.idle.lock().unwrap_or_else(PoisonError::into_inner);
    if idle.len() < SLOTS {
        idle.push(slot);
    }
}

/// An idle slot of an earlier job, or a new one.
fn take_slot(gpu: &Offload, job: &Job<'_>, capacity: u64) -> Result<Slot, OffloadError> {
    let lanes = if job.grad_output.is_some() { 2 } else { 1 };
    let mut idle = gpu.idle.lock().unwrap_or_else(PoisonError::into_inner);
    match idle.iter().position(|slot| slot.serves(capacity, lanes)) {
        Some(index) => Ok(idle.swap_remove(index)),
        None => {
            // Slots of another kind give way, so that idle ones never exceed one ring.
            idle.clear();
            drop(idle);
            Slot::new(gpu, capacity, lanes)
        }
    }
}

fn submit(
    gpu: &Offload,
    job: &mut Job<'_>,
    source: &mut Source,
    slot: Slot,
    len: u64,
) -> Result<InFlight, OffloadError> {
    let prepared = prepare(gpu, job, &slot, len)?;
    source.fill(&slot, 0, "input", &mut job.input, len)?;
    if let Some(grad_output) = &mut job.grad_output {
        source.fill(&slot, 1, "gradient of the output", grad_output, len)?;
    }
    source.position += len as usize;
    let mapped = slot.submit(gpu, len, |encoder| prepared.encode(encoder))?;
    Ok(InFlight { slot, len, mapped })
}

/// Works in place: a chunk needs no other memory on the device than its inputs.
fn prepare(gpu: &Offload, job: &Job<'_>, slot: &Slot, len: u64) -> Result<Prepared, OffloadError> {
    let input = slot.tensor(0, len)?;
    Ok(if job.grad_output.is_some() {
        let grad = slot.tensor(1, len)?;
        gpu.kernels
            .backward_in_place(job.activation, &input, &grad)?
    } else {
        gpu.kernels.forward_in_place(job.activation, &input)?
    })
}

/// How far the inputs have been read, and room for what comes from readers.
struct Source {
    scratch: Vec<f32>,
    position: usize,
}

impl Source {
    fn fill(
        &mut self,
        slot: &Slot,
        lane: usize,
        name: &'static str,
        input: &mut Input<'_>,
        len: u64,
    ) -> Result<(), OffloadError> {
        let len = len as usize;
        match input {
            Input::Slice(slice) => slot.fill(lane, &slice[self.position..self.position + len]),
            Input::Reader(reader) => {
                self.scratch.resize(len, 0.0);
                reader
                    .read_exact(bytemuck::cast_slice_mut(&mut self.scratch))
                    .map_err(|source| OffloadError::Read { name, source })?;
                slot.fill(lane, &self.scratch)
            }
        }
    }
}

fn write(output: &mut Output<'_>, done: u64, bytes: &[u8]) -> Result<(), OffloadError> {
    match output {
        Output::Slice(slice) => {
            let start = done as usize;
            let part = &mut slice[start..start + bytes.len() / 4];
            bytemuck::cast_slice_mut(part).copy_from_slice(bytes);
            Ok(())
        }
        Output::Writer(writer) => writer.write_all(bytes).map_err(OffloadError::Write),
    }
}
