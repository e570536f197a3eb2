use std::collections::VecDeque;
use std::ops::ControlFlow;

use super::division::{Division, Step};
use super::job::{Sink, Source};
use super::poller::Mapped;
use super::ring::{Ring, SLOTS};
use super::slot::Slot;
use super::strips::Strips;
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
        (job.work.columns(), may_cut(&job, &operands)),
        operands.iter().map(|operand| operand.unit).collect(),
        job.work.output_unit(),
        largest_piece(&gpu.device.limits()).min(job.work.most_elements()),
    );
    let mut ring = Ring::new(gpu, &job, &division)?;
    // What comes from readers.
    let mut scratch = Vec::new();
    let mut steps = division.steps();
    let mut in_flight: VecDeque<InFlight> = VecDeque::with_capacity(SLOTS);
    let mut done = 0;
    loop {
        while in_flight.len() < SLOTS
            && let Some(step) = steps.next()
        {
            let slot = ring.take()?;
            in_flight.push_back(submit(gpu, &mut job, &division, &mut scratch, slot, step)?);
        }
        let Some(InFlight { slot, step, mapped }) = in_flight.pop_front() else {
            break;
        };
        for mapping in mapped {
            gpu.poller.wait_for(mapping).await?;
        }
        let strips = division.strips(&step, job.work.output_unit(), 1, &step.read);
        slot.read(gpu, &step, |bytes| {
            write_strips(&mut job.output, &strips, bytes)
        })?;
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

/// Whether units may be cut into blocks of columns: where a stream goes one way, it must bring or take a
/// column's elements side by side.
fn may_cut(job: &Job<'_>, operands: &[Operand]) -> bool {
    let columns = job.work.columns();
    let mut inputs = job.inputs.iter().zip(operands);
    let has_places = match job.output.sink {
        Sink::Bytes(_) | Sink::Seekable(_) => true,
        Sink::Writer(_) => job.work.output_unit() <= columns,
        Sink::Pair(_) => false,
    };
    has_places
        && inputs.all(|(input, operand)| match input.source {
            Source::Bytes(_) => true,
            Source::Reader(_) => operand.unit <= columns.saturating_mul(operand.width),
        })
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
        Sink::Writer(_) | Sink::Seekable(_) => Ok(()),
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
    scratch: &mut Vec<u8>,
    slot: Slot,
    step: Step,
) -> Result<InFlight, OffloadError> {
    let prepared = match step.is_complete {
        true => {
            let lengths = division.lengths(&step.units, &step.columns);
            let chunk = slot.chunk((step.units.clone(), step.columns.clone()), lengths)?;
            job.work.prepare(&gpu.kernels, &chunk)?
        }
        false => Vec::new(),
    };
    let operands = job.work.inputs();
    let inputs = job.inputs.iter_mut().zip(&operands).zip(&step.uploads);
    for (index, ((input, operand), part)) in inputs.enumerate() {
        if !part.is_empty() {
            let strips = division.strips(&step, operand.unit, operand.width, part);
            fill(&slot, index, (input, operand.name), &strips, scratch)?;
        }
    }
    let mapped = slot.submit(gpu, &step, |encoder| {
        for prepared in &prepared {
            prepared.encode(encoder);
        }
    })?;
    Ok(InFlight { slot, step, mapped })
}

/// Moves elements of an input to a slot; `scratch` has room for what comes from readers.
fn fill(
    slot: &Slot,
    index: usize,
    (input, name): (&mut Input<'_>, &'static str),
    strips: &Strips,
    scratch: &mut Vec<u8>,
) -> Result<(), OffloadError> {
    let size = input.dtype.size() as usize;
    let len = strips.part.end - strips.part.start;
    match &mut input.source {
        Source::Bytes(source) => {
            let ranges = strips.ranges();
            let strips =
                ranges.map(|range| &source[range.start as usize * size..range.end as usize * size]);
            slot.fill(index, len, strips)
        }
        Source::Reader(reader) => {
            scratch.resize(len as usize * size, 0);
            reader
                .read_exact(scratch)
                .map_err(|source| OffloadError::Read { name, source })?;
            slot.fill(index, len, [scratch.as_slice()])
        }
    }
}

/// Writes elements where they belong.
fn write_strips(
    output: &mut Output<'_>,
    strips: &Strips,
    mut bytes: &[u8],
) -> Result<(), OffloadError> {
    for range in strips.ranges() {
        let size = (range.end - range.start) * output.dtype.size();
        let (strip, rest) = bytes.split_at(size as usize);
        write(output, range.start, strip)?;
        bytes = rest;
    }
    Ok(())
}

/// Writes what follows so many elements.
pub(super) fn write(output: &mut Output<'_>, start: u64, bytes: &[u8]) -> Result<(), OffloadError> {
    match &mut output.sink {
        Sink::Bytes(sink) => {
            let start = (start * output.dtype.size()) as usize;
            sink[start..start + bytes.len()].copy_from_slice(bytes);
            Ok(())
        }
        Sink::Writer(writer) => writer.write_all(bytes).map_err(OffloadError::Write),
        Sink::Seekable(stream) => {
            let at = start * output.dtype.size();
            stream.write_at(at, bytes).map_err(OffloadError::Write)
        }
        Sink::Pair(pair) => {
            let (first, second) = bytes.split_at(bytes.len() / 2);
            write(&mut pair[0], start / 2, first)?;
            write(&mut pair[1], start / 2, second)
        }
    }
}
