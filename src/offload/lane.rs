//! One device's part in a job.

use std::future::Future;
use std::pin::Pin;
use std::time::Instant;

use super::division::{Division, Step};
use super::pace::Pace;
use super::ring::{Ring, SLOTS};
use super::slot::Slot;
use super::transfer::fill;
use super::{Job, Offload, OffloadError};

/// A device that takes part.
pub(super) struct Lane<'a> {
    pub(super) gpu: &'a Offload,
    ring: Ring<'a>,
    pace: Pace,
    in_flight: usize,
}

/// A step that was submitted.
pub(super) struct Running<'a> {
    slot: Slot,
    submitted: Instant,
    /// When the slot can be read and filled again.
    pub(super) done: Pin<Box<dyn Future<Output = Result<Instant, OffloadError>> + Send + 'a>>,
}

impl<'a> Lane<'a> {
    pub(super) fn new(
        gpu: &'a Offload,
        job: &Job<'_>,
        division: &Division,
    ) -> Result<Self, OffloadError> {
        Ok(Self {
            gpu,
            ring: Ring::new(gpu, job, division)?,
            pace: Pace::new(division.per_chunk(), division.unit()),
            in_flight: 0,
        })
    }

    /// How many more steps it can take now.
    pub(super) fn room(&self) -> usize {
        SLOTS - self.in_flight
    }

    /// How many units its next step should have.
    pub(super) fn units(&self) -> u64 {
        self.pace.units()
    }

    /// Fills a slot and submits it; `scratch` has room for what comes from readers.
    pub(super) fn submit(
        &mut self,
        job: &mut Job<'_>,
        division: &Division,
        scratch: &mut Vec<u8>,
        step: &Step,
    ) -> Result<Running<'a>, OffloadError> {
        let gpu = self.gpu;
        let slot = self.ring.take()?;
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
                let strips = division.strips(step, operand.unit, operand.width, part);
                fill(&slot, index, (input, operand.name), &strips, scratch)?;
            }
        }
        let submitted = Instant::now();
        let mapped = slot.submit(gpu, step, |encoder| {
            for prepared in &prepared {
                prepared.encode(encoder);
            }
        })?;
        self.in_flight += 1;
        let done = async move {
            let mut last = submitted;
            for mapping in mapped {
                last = last.max(gpu.poller.wait_for(mapping).await?);
            }
            Ok(last)
        };
        Ok(Running {
            slot,
            submitted,
            done: Box::pin(done),
        })
    }

    /// Hands over the results of a step that is done, and takes its slot back.
    pub(super) fn finish(
        &mut self,
        running: Running<'_>,
        done: Instant,
        step: &Step,
        take: impl FnOnce(&[u8]) -> Result<(), OffloadError>,
    ) -> Result<(), OffloadError> {
        let units = step.units.end - step.units.start;
        self.pace.learn(units, running.submitted, done);
        running.slot.read(self.gpu, step, take)?;
        self.ring.give_back(running.slot);
        self.in_flight -= 1;
        Ok(())
    }

    /// Keeps its slots for later jobs.
    pub(super) fn keep(self) {
        self.ring.keep();
    }
}
