//! `verify`: the adapters' results against the f64 reference.

mod checkpoint;
mod families;
mod found;
mod plan;
mod rows;
mod state;
mod subject;
#[cfg(test)]
mod tests;
mod unit;

use crate::arguments::{Verify, repeated};
use crate::error::Error;
use crate::interruption;
use crate::progress::Bar;

use checkpoint::Checkpoint;
pub(crate) use checkpoint::CheckpointError;
use plan::{Choice, Task};
use rows::{Outcomes, Row};
use state::{State, Worker};
use subject::{Adapter, Identity, Subject};

pub(crate) fn run(arguments: &Verify) -> Result<(), Error> {
    let choice = Choice::new(arguments)?;
    let family_tasks = families::tasks(arguments, &choice)?;
    let tasks = plan::tasks(arguments, &choice)?;
    let mut adapters = Adapter::open_all(&arguments.adapters)?;
    let subjects: Vec<Identity> = adapters.iter().map(|a| a.identity().clone()).collect();
    if let Some(twice) = repeated(&subjects) {
        return Err(Error::AdapterTwice(twice.name()));
    }

    let mut states = vec![State::new(adapters.len()); tasks.len()];
    let mut checkpoint = None;
    if let Some(every) = plan::every(arguments) {
        let path = &arguments.checkpoint;
        let (mut opened, found) = Checkpoint::open(path, every, subjects.clone(), &tasks)?;
        states = found.unwrap_or(states);
        // Whoever sees the file may send a signal.
        interruption::listen();
        // Here it shows whether it can be saved at all.
        opened.save(&states)?;
        checkpoint = Some(opened);
    }
    verify_all(
        &tasks,
        &mut states,
        &mut adapters,
        &mut Worker::new(),
        |states| match &mut checkpoint {
            Some(checkpoint) => keep(checkpoint, states),
            None => Ok(()),
        },
    )?;

    let rows = tasks.iter().zip(&states);
    let rows = rows.flat_map(|(task, state)| Row::of(task, state, &subjects));
    let outcomes = Outcomes {
        rows: rows.collect(),
        others: families::verify(&family_tasks, &mut adapters),
        subjects: &subjects,
    };
    outcomes.print(arguments.json)?;
    if let Some(checkpoint) = checkpoint {
        end(checkpoint, &states)?;
    }
    outcomes.conclude()
}

/// Removes the checkpoint, unless another run could take it further.
fn end(mut checkpoint: Checkpoint, states: &[State]) -> Result<(), Error> {
    let outcomes: Vec<_> = states.iter().flat_map(|state| &state.outcomes).collect();
    let unfinished = outcomes.iter().filter(|o| o.is_unfinished()).count();
    if unfinished == 0 {
        return checkpoint.remove();
    }
    checkpoint.save(states)?;
    Err(Error::Unfinished {
        unfinished,
        total: outcomes.len(),
        checkpoint: checkpoint.path().to_owned(),
    })
}

/// Saves the state now and then, and ends the run where a signal asks for it.
fn keep(checkpoint: &mut Checkpoint, states: &[State]) -> Result<(), Error> {
    let Some(signal) = interruption::received() else {
        return checkpoint.save_now_and_then(states);
    };
    checkpoint.save(states)?;
    Err(Error::Paused {
        signal,
        checkpoint: checkpoint.path().to_owned(),
    })
}

/// Takes every task to its end, telling after each part how far they are.
fn verify_all<S: Subject>(
    tasks: &[Task],
    states: &mut [State],
    subjects: &mut [S],
    worker: &mut Worker,
    mut after_part: impl FnMut(&[State]) -> Result<(), Error>,
) -> Result<(), Error> {
    let done = |states: &[State]| {
        tasks
            .iter()
            .zip(states)
            .map(|(task, state)| state.position(task))
            .sum()
    };
    let bar = Bar::of_inputs(tasks.iter().map(Task::len).sum());
    bar.start_from(done(states));
    for (index, task) in tasks.iter().enumerate() {
        while states[index].position(task) < task.len() {
            bar.step(done(states), &task.full_name());
            worker.advance(task, &mut states[index], subjects);
            after_part(states)?;
        }
    }
    Ok(())
}
