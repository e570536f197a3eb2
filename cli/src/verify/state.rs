//! How far a verification has come, and the work that takes it further.

use std::panic::resume_unwind;
use std::thread;
use std::time::Instant;

use wgpu_activations::verify::{Tally, Walk};

use super::plan::Task;
use super::subject::Subject;

/// What is known of one task.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct State {
    /// Inputs that are done.
    pub(super) position: u64,
    /// The time that they took.
    pub(super) seconds: f64,
    /// What was found, for each subject.
    pub(super) outcomes: Vec<Outcome>,
}

/// What was found of one subject.
#[derive(Clone, Debug, Default, PartialEq)]
pub(super) struct Outcome {
    pub(super) tally: Tally,
    /// Why the task could not be run to its end.
    pub(super) failure: Option<String>,
}

impl State {
    pub(super) fn new(subjects: usize) -> Self {
        Self {
            outcomes: vec![Outcome::default(); subjects],
            ..Self::default()
        }
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
        let end = (state.position + self.part).min(task.len());
        task.inputs(state.position..end, &mut self.inputs);
        self.outputs.resize_with(subjects.len(), Vec::new);
        let Self {
            inputs,
            expected,
            outputs,
            ..
        } = self;
        let inputs = inputs.as_slice();
        let results = thread::scope(|scope| {
            let running = subjects.iter_mut().zip(&mut *outputs).zip(&state.outcomes);
            let running: Vec<_> = running
                .map(|((subject, outputs), outcome)| {
                    scope.spawn(move || {
                        outputs.resize(inputs.len(), 0.0);
                        match outcome.failure {
                            None => subject.results(&task.oracle, inputs, outputs),
                            Some(_) => Ok(()),
                        }
                    })
                })
                .collect();
            task.oracle.expected_into(inputs, expected);
            let results = running.into_iter().map(|thread| thread.join());
            results.collect::<Vec<_>>()
        });
        for ((outcome, outputs), result) in state.outcomes.iter_mut().zip(outputs).zip(results) {
            let result = result.unwrap_or_else(|panic| resume_unwind(panic));
            if outcome.failure.is_some() {
                continue;
            }
            let judge = |()| Ok(outcome.tally.add(&task.oracle, inputs, expected, outputs)?);
            outcome.failure = result.and_then(judge).err().map(|error| error.to_string());
        }
        state.position = end;
        state.seconds += start.elapsed().as_secs_f64();
    }
}
