use std::collections::VecDeque;
use std::ops::ControlFlow;
use std::sync::PoisonError;

use super::job::{Sink, Source};
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
    let mut reading = Reading {
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
            in_flight.push_back(submit(gpu, &mut job, &mut reading, slot, len)?);
            submitted += len;
        }
        let Some(InFlight { slot, len, mapped }) = in_flight.pop_front() else {
            break;
        };
        for mapping in mapped {
            gpu.poller.wait_for(mapping).await?;
        }
        slot.read(gpu, len, |bytes| write(&mut job.output, done, bytes))?;
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
    let input = |input: &Input<'_>| match input.source {
        Source::Bytes(bytes) => Some((input.dtype, bytes.len())),
        Source::Reader(_) => None,
    };
    let output = match &job.output.sink {
        Sink::Bytes(bytes) => Some((job.output.dtype, bytes.len())),
        Sink::Writer(_) => None,
    };
    let tensors = [
        ("the input", input(&job.input)),
        (
            "the gradient of the output",
            job.grad_output.as_ref().and_then(input),
        ),
        ("the output", output),
    ];
    for (name, tensor) in tensors {
        let Some((dtype, bytes)) = tensor else {
            continue;
        };
        let bytes = bytes as u64;
        if !bytes.is_multiple_of(dtype.size()) {
            return Err(OffloadError::PartialElement { name, bytes, dtype });
        }
        let len = bytes / dtype.size();
        if len != job.elements {
            let elements = job.elements;
            return Err(OffloadError::LengthMismatch {
                name,
                len,
                elements,
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
    let types = job.types();
    let mut idle = gpu.idle.lock().unwrap_or_else(PoisonError::into_inner);
    match idle.iter().position(|slot| slot.serves(capacity, &types)) {
        Some(index) => Ok(idle.swap_remove(index)),
        None => {
            // Slots of another kind give way, so that idle ones never exceed one ring.
            idle.clear();
            drop(idle);
            Slot::new(gpu, capacity, types)
        }
    }
}

fn submit(
    gpu: &Offload,
    job: &mut Job<'_>,
    reading: &mut Reading,
    slot: Slot,
    len: u64,
) -> Result<InFlight, OffloadError> {
    let prepared = prepare(gpu, job, &slot, len)?;
    reading.fill(&slot, 0, "input", &mut job.input, len)?;
    if let Some(grad_output) = &mut job.grad_output {
        reading.fill(&slot, 1, "gradient of the output", grad_output, len)?;
    }
    reading.position += len as usize;
    let mapped = slot.submit(gpu, len, |encoder| prepared.encode(encoder))?;
    Ok(InFlight { slot, len, mapped })
}

/// Works in place where the types allow it: a chunk needs no other memory on the device than its
/// inputs then.
fn prepare(gpu: &Offload, job: &Job<'_>, slot: &Slot, len: u64) -> Result<Prepared, OffloadError> {
    let input = slot.tensor(0, len)?;
    let output = slot.output(len)?;
    let (kernels, activation) = (&gpu.kernels, job.activation);
    let prepared = if job.grad_output.is_some() {
        let grad = slot.tensor(1, len)?;
        match output {
            None => kernels.backward_in_place(activation, &input, &grad),
            Some(output) => kernels.backward(activation, &input, &grad, &output),
        }
    } else {
        match output {
            None => kernels.forward_in_place(activation, &input),
            Some(output) => kernels.forward(activation, &input, &output),
        }
    };
    Ok(prepared?)
}

/// How many elements of the inputs have been read, and room for what comes from readers.
struct Reading {
    scratch: Vec<u8>,
    position: usize,
}

impl Reading {
    fn fill(
        &mut self,
        slot: &Slot,
        lane: usize,
        name: &'static str,
        input: &mut Input<'_>,
        len: u64,
    ) -> Result<(), OffloadError> {
        let size = input.dtype.size() as usize;
        let bytes = len as usize * size;
        match &mut input.source {
            Source::Bytes(source) => {
                let start = self.position * size;
                slot.fill(lane, &source[start..start + bytes])
            }
            Source::Reader(reader) => {
                self.scratch.resize(bytes, 0);
                reader
                    .read_exact(&mut self.scratch)
                    .map_err(|source| OffloadError::Read { name, source })?;
                slot.fill(lane, &self.scratch)
            }
        }
    }
}

fn write(output: &mut Output<'_>, done: u64, bytes: &[u8]) -> Result<(), OffloadError> {
    match &mut output.sink {
        Sink::Bytes(sink) => {
            let start = (done * output.dtype.size()) as usize;
            sink[start..start + bytes.len()].copy_from_slice(bytes);
            Ok(())
        }
        Sink::Writer(writer) => writer.write_all(bytes).map_err(OffloadError::Write),
    }
}
