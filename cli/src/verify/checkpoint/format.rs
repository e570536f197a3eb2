//! What a checkpoint's file holds. Floating-point numbers stand as bits, since JSON has neither NaN
//! nor infinity.

use std::num::NonZeroU32;

use serde::{Deserialize, Serialize};
use wgpu_activations::verify::Tally;

use super::Problem;
use crate::verify::plan::Task;
use crate::verify::state::{Failure, Outcome, State};
use crate::verify::subject::Identity;

pub(super) const FORMAT: u32 = 2;

/// What tells one format and version from another.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(super) struct Head {
    format: u32,
    version: String,
}

impl Head {
    pub(super) fn check(&self) -> Result<(), Problem> {
        if self.format != FORMAT {
            return Err(Problem::Format { found: self.format });
        }
        if self.version != env!("CARGO_PKG_VERSION") {
            let found = self.version.clone();
            return Err(Problem::Version { found });
        }
        Ok(())
    }
}

/// What a run is known by: results of one go with those of another only if all of it is equal.
#[derive(Clone, Debug, Deserialize, Serialize)]
pub(super) struct Header {
    every: NonZeroU32,
    adapters: Vec<Identity>,
    tasks: Vec<SavedTask>,
}

#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
struct SavedTask {
    name: String,
    wgsl: u64,
    reference: u64,
}

impl Header {
    pub(super) fn new(every: NonZeroU32, adapters: Vec<Identity>, tasks: &[Task]) -> Self {
        let tasks = tasks.iter().map(|task| SavedTask {
            name: task.full_name(),
            wgsl: task.fingerprint,
            reference: task.oracle.fingerprint(),
        });
        Self {
            every,
            adapters,
            tasks: tasks.collect(),
        }
    }

    /// Whether results of the run that `found` stands for go with those of this one.
    pub(super) fn check(&self, found: &Self) -> Result<(), Problem> {
        if found.every != self.every {
            return Err(Problem::Stride {
                found: found.every,
                wanted: self.every,
            });
        }
        if found.adapters != self.adapters {
            return Err(Problem::Adapters {
                found: names(&found.adapters),
                wanted: names(&self.adapters),
            });
        }
        for (found, wanted) in found.tasks.iter().zip(&self.tasks) {
            if found.name != wanted.name {
                let (found, wanted) = (found.name.clone(), wanted.name.clone());
                return Err(Problem::Tasks { found, wanted });
            }
            if found.wgsl != wanted.wgsl {
                return Err(Problem::Shader(wanted.name.clone()));
            }
            if found.reference != wanted.reference {
                return Err(Problem::Reference(wanted.name.clone()));
            }
        }
        if found.tasks.len() != self.tasks.len() {
            let count = |tasks: &[SavedTask]| format!("{} of them", tasks.len());
            let (found, wanted) = (count(&found.tasks), count(&self.tasks));
            return Err(Problem::Tasks { found, wanted });
        }
        Ok(())
    }
}

fn names(adapters: &[Identity]) -> String {
    let name = |identity: &Identity| format!("{} with {}", identity.name(), identity.driver);
    adapters.iter().map(name).collect::<Vec<_>>().join(" and ")
}

/// The whole file.
#[derive(Debug, Deserialize, Serialize)]
pub(super) struct Contents {
    #[serde(flatten)]
    head: Head,
    #[serde(flatten)]
    pub(super) header: Header,
    states: Vec<SavedState>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SavedState {
    seconds: f64,
    outcomes: Vec<SavedOutcome>,
}

#[derive(Debug, Deserialize, Serialize)]
struct SavedOutcome {
    inputs: u64,
    correctly_rounded: u64,
    nan_disagreements: u64,
    infinity_disagreements: u64,
    max_ulp: u64,
    worst_input: u32,
    expected: u64,
    actual: u32,
    /// One that may pass is not kept: the next run finds out whether it has.
    failure: Option<String>,
}

impl Contents {
    pub(super) fn new(header: &Header, states: &[State]) -> Self {
        let head = Head {
            format: FORMAT,
            version: env!("CARGO_PKG_VERSION").to_owned(),
        };
        Self {
            head,
            header: header.clone(),
            states: states.iter().map(SavedState::new).collect(),
        }
    }

    /// The states, if they can be such of these tasks.
    pub(super) fn states(self, tasks: &[Task]) -> Option<Vec<State>> {
        let subjects = self.header.adapters.len();
        let states: Vec<_> = self.states.into_iter().map(SavedState::restored).collect();
        let fits = |(state, task): (&State, &Task)| {
            state.outcomes.len() == subjects
                && state
                    .outcomes
                    .iter()
                    .all(|outcome| is_sound(&outcome.tally, task))
        };
        let all_fit = states.len() == tasks.len() && states.iter().zip(tasks).all(fits);
        all_fit.then_some(states)
    }
}

fn is_sound(tally: &Tally, task: &Task) -> bool {
    let counts = [
        tally.correctly_rounded,
        tally.nan_disagreements,
        tally.infinity_disagreements,
    ];
    tally.inputs <= task.len() && counts.iter().all(|&count| count <= tally.inputs)
}

impl SavedState {
    fn new(state: &State) -> Self {
        Self {
            seconds: state.seconds,
            outcomes: state.outcomes.iter().map(SavedOutcome::new).collect(),
        }
    }

    fn restored(self) -> State {
        State {
            seconds: self.seconds,
            outcomes: self
                .outcomes
                .into_iter()
                .map(SavedOutcome::restored)
                .collect(),
        }
    }
}

impl SavedOutcome {
    fn new(Outcome { tally, failure }: &Outcome) -> Self {
        let lasting = failure.as_ref().filter(|failure| !failure.is_temporary);
        Self {
            inputs: tally.inputs,
            correctly_rounded: tally.correctly_rounded,
            nan_disagreements: tally.nan_disagreements,
            infinity_disagreements: tally.infinity_disagreements,
            max_ulp: tally.max_ulp.to_bits(),
            worst_input: tally.worst_input.to_bits(),
            expected: tally.expected.to_bits(),
            actual: tally.actual.to_bits(),
            failure: lasting.map(|failure| failure.message.clone()),
        }
    }

    fn restored(self) -> Outcome {
        let tally = Tally {
            inputs: self.inputs,
            correctly_rounded: self.correctly_rounded,
            nan_disagreements: self.nan_disagreements,
            infinity_disagreements: self.infinity_disagreements,
            max_ulp: f64::from_bits(self.max_ulp),
            worst_input: f32::from_bits(self.worst_input),
            expected: f64::from_bits(self.expected),
            actual: f32::from_bits(self.actual),
        };
        let failure = self.failure.map(|message| Failure {
            message,
            is_temporary: false,
        });
        Outcome { tally, failure }
    }
}
