//! How far a verification has come, and the work that takes it further.

use std::ops::Range;
use std::panic::resume_unwind;
use std::thread;
use std::time::Instant;

use wgpu_activations::OffloadError;
use wgpu_activations::verify::{Tally, Walk};

use super::plan::Task;
use super::subject::Subject;

/// What is known of one task.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// The time that it took so far.
    pub(super) seconds: f64,
    /// What was found, for each subject.
    pub(super) outcomes: Vec<Outcome>,
}

/// What was found of one subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    /// Over the first inputs, as many as it says.
    pub(super) tally: Tally,
    /// Why the task could not be run to its end.
    pub(super) failure: Option<Failure>,
}

/// Why a subject gave no results.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Failure {
    pub(super) message: String,
    /// Whether another run may succeed.
    pub(super) is_temporary: bool,
}

impl From<OffloadError> for Failure {
    fn from(error: OffloadError) -> Self {
        let is_temporary = matches!(
            error,
            OffloadError::DeviceLost
                | OffloadError::OutOfMemory
                | OffloadError::Thread(_)
                // It was there, and gave a device, when the run began.
                | OffloadError::NoAdapter
                | OffloadError::NoSuchAdapter { .. }
                | OffloadError::Device { .. }
        );
        Self {
            message: error.to_string(),
            is_temporary,
        }
    }
}

impl Outcome {
    fn is_due(&self, position: u64) -> bool {
        self.failure.is_none() && self.tally.inputs == position
    }

    /// Whether another run should take it further than this one can.
    pub(super) fn is_unfinished(&self) -> bool {
        self.failure
            .as_ref()
            .is_some_and(|failure| failure.is_temporary)
    }
}

impl State {
    pub(super) fn new(subjects: usize) -> Self {
        Self {
            outcomes: vec![Outcome::default(); subjects],
            ..Self::default()
        }
    }

    /// How many inputs are done for every subject that has not failed.
    pub(super) fn position(&self, task: &Task) -> u64 {
        let running = self.outcomes.iter().filter(|o| o.failure.is_none());
        let positions = running.map(|outcome| outcome.tally.inputs);
        positions.min().unwrap_or(task.len())
    }

    /// The inputs to take next. Who failed in an earlier run may lag behind, and has to catch up
    /// before the others go on.
    fn next_part(&self, task: &Task, length: u64) -> Range<u64> {
        let start = self.position(task);
        let positions = self.outcomes.iter().map(|outcome| outcome.tally.inputs);
        let ahead = positions.filter(|&position| position > start).min();
        let end = start + length;
        start..end.min(ahead.unwrap_or(task.len())).min(task.len())
    }
}

/// Buffers that every part uses again.
pub(super) struct Worker {
    part: u64,
    inputs: Vec<f32>,
    expected: Vec<f64>,
    outputs: Vec<Vec<f32>>,
}

impl Worker {
    pub(super) fn new() -> Self {
        Self::with_parts_of(Walk::PART)
    }

    pub(super) fn with_parts_of(part: u64) -> Self {
        Self {
            part,
            inputs: Vec::new(),
            expected: Vec::new(),
            outputs: Vec::new(),
        }
    }

    /// Does the next part of a task; what one subject fails from need not concern the next.
    pub(super) fn advance<S: Subject>(
        &mut self,
        task: &Task,
        state: &mut State,
        subjects: &mut [S],
    ) {
        let start = Instant::now();
        let part = state.next_part(task, self.part);
        let position = part.start;
        task.inputs(part, &mut self.inputs);
        self.outputs.resize_with(subjects.len(), Vec::new);
        let Self {
            inputs,
            expected,
            outputs,
            ..
        } = self;
        let inputs = inputs.as_slice();
        thread::scope(|scope| {
            let all = state.outcomes.iter_mut().zip(subjects).zip(outputs);
            let due = all.filter(|((outcome, _), _)| outcome.is_due(position));
            let running: Vec<_> = due
                .map(|((outcome, subject), outputs)| {
                    let results = scope.spawn(move || {
                        outputs.resize(inputs.len(), 0.0);
                        subject.results(&task.oracle, inputs, outputs)?;
                        Ok::<_, OffloadError>(outputs.as_slice())
                    });
                    (outcome, results)
                })
                .collect();
            task.oracle.expected_into(inputs, expected);
            for (outcome, results) in running {
                let results = results.join().unwrap_or_else(|panic| resume_unwind(panic));
                let judge = |outputs: &[f32]| {
                    Ok(outcome.tally.add(&task.oracle, inputs, expected, outputs)?)
                };
                outcome.failure = results.and_then(judge).err().map(Failure::from);
            }
        });
        state.seconds += start.elapsed().as_secs_f64();
    }
}
