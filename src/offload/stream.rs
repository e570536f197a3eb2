use std::collections::VecDeque;
use std::future::poll_fn;
use std::task::Poll;
use std::time::Instant;

use super::checks::check_lengths;
use super::division::{Division, Step};
use super::job::{Sink, Source};
use super::lane::{Lane, Running};
use super::ring::SLOTS;
use super::transfer::write_strips;
use super::work::Operand;
use super::{Job, Offload, OffloadError, Progress};

/// A step on its way.
struct Flight<'a> {
    lane: usize,
    step: Step,
    /// Until it is done.
    running: Option<Running<'a>>,
    /// Results that wait for those before them.
    parked: Vec<u8>,
}

/// Streams a job: while one step is computed, the next is filled and the one before is read. Where several
/// devices take part, the one with most room takes the next step.
pub(super) async fn run(gpu: &Offload, mut job: Job<'_>) -> Result<(), OffloadError> {
    let operands = job.work.inputs();
    // A caller may say any length; that of a slice is checked.
    let total = job.work.units().saturating_mul(job.work.output_unit());
    check_lengths(&job, &operands, total)?;
    let gpus: Vec<_> = match job.work.stays_on_one_device() {
        true => vec![gpu],
        false => gpu.all().collect(),
    };
    if gpus.iter().any(|gpu| gpu.poller.is_lost()) {
        return Err(OffloadError::DeviceLost);
    }
    let division = division(&job, &operands, &gpus);
    // The steps of a large chunk share its tensors.
    let count = match division.large_chunk() {
        Some(_) => 1,
        None => gpus.len(),
    };
    let lanes = gpus[..count].iter();
    let lanes = lanes.map(|gpu| Lane::new(gpu, &job, &division));
    let mut lanes = lanes.collect::<Result<Vec<_>, _>>()?;
    // A device that is ahead of others may park as many steps as all have on their way.
    let most = match count {
        1 => SLOTS,
        _ => 2 * SLOTS * count,
    };
    let mut steps = division.steps();
    let mut flights: VecDeque<Flight<'_>> = VecDeque::with_capacity(most);
    // What comes from readers.
    let mut scratch = Vec::new();
    let mut done = 0;
    loop {
        while flights.len() < most
            && let Some(lane) = most_free(&lanes)
            && let Some(step) = steps.next(lanes[lane].units())
        {
            let running = lanes[lane].submit(&mut job, &division, &mut scratch, &step)?;
            flights.push_back(Flight {
                lane,
                step,
                running: Some(running),
                parked: Vec::new(),
            });
        }
        if flights.is_empty() {
            break;
        }
        let (place, running, when) = next_done(&mut flights).await;
        let Flight {
            lane, step, parked, ..
        } = &mut flights[place];
        let must_wait = place > 0 && !matches!(job.output.sink, Sink::Bytes(_));
        lanes[*lane].finish(running, when?, step, |bytes| match must_wait {
            true => {
                parked.extend_from_slice(bytes);
                Ok(())
            }
            false => deliver(&mut job, &division, step, bytes),
        })?;
        while flights
            .front()
            .is_some_and(|flight| flight.running.is_none())
            && let Some(flight) = flights.pop_front()
        {
            let Flight { step, parked, .. } = flight;
            deliver(&mut job, &division, &step, &parked)?;
            done += step.read.end - step.read.start;
            report(&mut job, done, total, &step)?;
        }
    }
    lanes.into_iter().for_each(Lane::keep);
    Ok(())
}

/// The lane with most room, if any has some.
fn most_free(lanes: &[Lane<'_>]) -> Option<usize> {
    let free = (0..lanes.len()).filter(|&lane| lanes[lane].room() > 0);
    // The first of several.
    free.min_by_key(|&lane| SLOTS - lanes[lane].room())
}

/// Waits for any step, and takes it from the flight at that place; of those on one device the first is done
/// first.
async fn next_done<'a>(
    flights: &mut VecDeque<Flight<'a>>,
) -> (usize, Running<'a>, Result<Instant, OffloadError>) {
    poll_fn(|context| {
        let flights = flights.make_contiguous();
        for place in 0..flights.len() {
            let (before, rest) = flights.split_at_mut(place);
            let Flight { lane, running, .. } = &mut rest[0];
            let is_behind = |other: &Flight<'_>| other.lane == *lane && other.running.is_some();
            if !before.iter().any(is_behind)
                && let Some(step) = running
                && let Poll::Ready(when) = step.done.as_mut().poll(context)
                && let Some(step) = running.take()
            {
                return Poll::Ready((place, step, when));
            }
        }
        Poll::Pending
    })
    .await
}

/// Writes results of a step where they belong, if there are any.
fn deliver(
    job: &mut Job<'_>,
    division: &Division,
    step: &Step,
    bytes: &[u8],
) -> Result<(), OffloadError> {
    if bytes.is_empty() {
        return Ok(());
    }
    let strips = division.strips(step, job.work.output_unit(), 1, &step.read);
    write_strips(&mut job.output, &strips, bytes)
}

fn report(job: &mut Job<'_>, done: u64, total: u64, step: &Step) -> Result<(), OffloadError> {
    // Where nothing comes back, the units themselves are counted.
    let (done, total) = match total {
        0 => (step.units.end, job.work.units()),
        total => (done, total),
    };
    if let Some(on_progress) = &mut job.progress
        && on_progress(Progress { done, total }).is_break()
    {
        return Err(OffloadError::Cancelled { done, total });
    }
    Ok(())
}

fn division(job: &Job<'_>, operands: &[Operand], gpus: &[&Offload]) -> Division {
    let most = job.work.most_elements();
    let largest = gpus.iter().map(|gpu| largest_piece(&gpu.device.limits()));
    Division::new(
        job.work.units(),
        (job.work.columns(), may_cut(job, operands)),
        operands.iter().map(|operand| operand.unit).collect(),
        job.work.output_unit(),
        largest.fold(most, u64::min),
    )
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
