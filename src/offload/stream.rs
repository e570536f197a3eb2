use std::collections::VecDeque;
use std::ops::{ControlFlow, Range};

use super::division::{Division, Step};
use super::job::{Sink, Source};
use super::poller::Mapped;
use super::ring::{Ring, SLOTS};
use super::slot::Slot;
use super::work::Operand;
use super::{Input, Job, Offload, OffloadError, Output, Progress};
use crate::dtype::Dtype;

/// A step that was submitted.
struct InFlight {
    slot: Slot,
    step: Step,
    mapped: Vec<Mapped>,
}

/// Streams a job: while one step is computed, the next is filled and the one before is read.
pub(super) async fn run(gpu: &Offload, mut job: Job<'_>) -> Result<(), OffloadError> {
    let operands = job.work.inputs();
    // A caller may say any length; that of a slice is checked.
    let total = job.work.units().saturating_mul(job.work.output_unit());
    check_lengths(&job, &operands, total)?;
    if gpu.poller.is_lost() {
        return Err(OffloadError::DeviceLost);
    }
    let division = Division::new(
        job.work.units(),
        operands.iter().map(|operand| operand.unit).collect(),
        job.work.output_unit(),
        largest_piece(&gpu.device.limits()).min(job.work.most_elements()),
    );
    let mut ring = Ring::new(gpu, &job, &division)?;
    let mut reading = Reading::new(&operands);
    let mut steps = division.steps();
    let mut in_flight: VecDeque<InFlight> = VecDeque::with_capacity(SLOTS);
    let mut done = 0;
    loop {
        while in_flight.len() < SLOTS
            && let Some(step) = steps.next()
        {
            let slot = ring.take()?;
            in_flight.push_back(submit(gpu, &mut job, &division, &mut reading, slot, step)?);
        }
        let Some(InFlight { slot, step, mapped }) = in_flight.pop_front() else {
            break;
        };
        for mapping in mapped {
            gpu.poller.wait_for(mapping).await?;
        }
        slot.read(gpu, &step, |bytes| write(&mut job.output, done, bytes))?;
        done += step.read.end - step.read.start;
        ring.give_back(slot);
        // Where nothing comes back, the units themselves are counted.
        let progress = match total {
            0 => Progress {
                done: step.units.end,
                total: job.work.units(),
            },
            total => Progress { done, total },
        };
        if let Some(on_progress) = &mut job.progress
            && on_progress(progress) == ControlFlow::Break(())
        {
            let Progress { done, total } = progress;
            return Err(OffloadError::Cancelled { done, total });
        }
    }
    ring.keep();
    Ok(())
}

/// The elements that a tensor of a slot can have.
fn largest_piece(limits: &wgpu::Limits) -> u64 {
    limits
        .max_buffer_size
        .min(limits.max_storage_buffer_binding_size)
        / 4
}

fn check_lengths(job: &Job<'_>, operands: &[Operand], total: u64) -> Result<(), OffloadError> {
    let units = job.work.units();
    for (input, operand) in job.inputs.iter().zip(operands) {
        if let Source::Bytes(bytes) = input.source {
            let elements = units.saturating_mul(operand.unit);
            check_length(operand.name, input.dtype, bytes.len(), elements)?;
        }
    }
    check_output(&job.output, total)
}

fn check_output(output: &Output<'_>, elements: u64) -> Result<(), OffloadError> {
    match &output.sink {
        Sink::Bytes(bytes) => check_length("the output", output.dtype, bytes.len(), elements),
        Sink::Writer(_) => Ok(()),
        Sink::Pair(pair) => match pair.each_ref().map(|output| output.dtype) {
            [first, second] if first != second => Err(OffloadError::OutputTypes { first, second }),
            _ => pair
                .iter()
                .try_for_each(|output| check_output(output, elements / 2)),
        },
    }
}

pub(super) fn check_length(
    name: &'static str,
    dtype: Dtype,
    bytes: usize,
    elements: u64,
) -> Result<(), OffloadError> {
    let bytes = bytes as u64;
    if !bytes.is_multiple_of(dtype.size()) {
        return Err(OffloadError::PartialElement { name, bytes, dtype });
    }
    let len = bytes / dtype.size();
    if len != elements {
        return Err(OffloadError::LengthMismatch {
            name,
            len,
            elements,
        });
    }
    Ok(())
}

fn submit(
    gpu: &Offload,
    job: &mut Job<'_>,
    division: &Division,
    reading: &mut Reading,
    slot: Slot,
    step: Step,
) -> Result<InFlight, OffloadError> {
    let prepared = match step.is_complete {
        true => {
            let lengths = division.lengths(&step.units);
            let chunk = slot.chunk(step.units.clone(), lengths)?;
            job.work.prepare(&gpu.kernels, &chunk)?
        }
        false => Vec::new(),
    };
    for (index, (input, part)) in job.inputs.iter_mut().zip(&step.uploads).enumerate() {
        reading.fill(&slot, index, input, part)?;
    }
    let mapped = slot.submit(gpu, &step, |encoder| {
        for prepared in &prepared {
            prepared.encode(encoder);
        }
    })?;
    Ok(InFlight { slot, step, mapped })
}

/// How many bytes of each input have been read, and room for what comes from readers.
struct Reading {
    inputs: Vec<(&'static str, usize)>,
    scratch: Vec<u8>,
}

impl Reading {
    fn new(operands: &[Operand]) -> Self {
        Self {
            inputs: operands.iter().map(|operand| (operand.name, 0)).collect(),
            scratch: Vec::new(),
        }
    }

    /// Moves the next elements of an input, as many as the part has, to a slot.
    fn fill(
        &mut self,
        slot: &Slot,
        index: usize,
        input: &mut Input<'_>,
        part: &Range<u64>,
    ) -> Result<(), OffloadError> {
        if part.is_empty() {
            return Ok(());
        }
        let bytes = (part.end - part.start) as usize * input.dtype.size() as usize;
        let (name, position) = &mut self.inputs[index];
        match &mut input.source {
            Source::Bytes(source) => {
                let start = *position;
                *position += bytes;
                slot.fill(index, &source[start..*position])
            }
            Source::Reader(reader) => {
                self.scratch.resize(bytes, 0);
                reader
                    .read_exact(&mut self.scratch)
                    .map_err(|source| OffloadError::Read { name, source })?;
                slot.fill(index, &self.scratch)
            }
        }
    }
}

/// Writes what follows so many elements.
pub(super) fn write(output: &mut Output<'_>, done: u64, bytes: &[u8]) -> Result<(), OffloadError> {
    match &mut output.sink {
        Sink::Bytes(sink) => {
            let start = (done * output.dtype.size()) as usize;
            sink[start..start + bytes.len()].copy_from_slice(bytes);
            Ok(())
        }
        Sink::Writer(writer) => writer.write_all(bytes).map_err(OffloadError::Write),
        Sink::Pair(pair) => {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            write(&mut pair[0], done / 2, first)?;
            write(&mut pair[1], done / 2, second)
        }
    }
}
