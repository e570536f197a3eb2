//! Functions of rows, gated units and losses, and what activations of elements give besides both passes,
//! verified on each adapter.

use std::time::Instant;

use wgpu_activations::{Dtype, OffloadError};

use super::found::{Found, JsonRow};
use super::plan::Choice;
use super::subject::{Adapter, Identity, Subject};
use super::unit::{Aspect, Samples, Unit};
use crate::arguments::Verify;
use crate::error::Error;
use crate::print;
use crate::progress::Bar;

/// What is verified at once, in all that it gives.
pub(super) struct FamilyTask {
    unit: Unit,
    dtype: Dtype,
}

/// What was found in one aspect on one adapter.
pub(super) struct FamilyOutcome {
    unit: Unit,
    dtype: Dtype,
    aspect: Aspect,
    subject: Identity,
    seconds: f64,
    found: Result<Found, String>,
}

/// What to verify of functions of rows, with their scales, of gated units, of losses, and of activations of
/// elements besides. There is no walk over all that they take: whoever names one for it is told so, but for
/// activations of elements, whose passes have one, and otherwise a walk leaves them out.
pub(super) fn tasks(arguments: &Verify, choice: &Choice) -> Result<Vec<FamilyTask>, Error> {
    let units = choice.functions.iter().flat_map(Unit::variants);
    if arguments.exhaustive || arguments.every.is_some() {
        let mut named = units.filter(|_| !arguments.activations.is_empty());
        let refused = named.find_map(|unit| Some((unit.name(), unit.made_of()?)));
        return match refused {
            Some((name, made_of)) => Err(Error::NoWalk { name, made_of }),
            None => Ok(Vec::new()),
        };
    }
    let tasks = units.flat_map(|unit| {
        choice.dtypes.iter().map(move |&dtype| FamilyTask {
            unit: unit.clone(),
            dtype,
        })
    });
    Ok(tasks.collect())
}

/// Verifies them all.
pub(super) fn verify(tasks: &[FamilyTask], adapters: &mut [Adapter]) -> Vec<FamilyOutcome> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let samples = Samples::of(tasks.iter().map(|task| &task.unit));
    let bar = Bar::of_inputs((tasks.len() * adapters.len()) as u64);
    let (mut outcomes, mut done) = (Vec::new(), 0);
    for adapter in adapters {
        for FamilyTask { unit, dtype } in tasks {
            bar.step(done, &unit.name());
            done += 1;
            let start = Instant::now();
            let aspects = unit.aspects();
            let found = split(unit.verify(adapter, *dtype, &samples), aspects.len());
            let seconds = start.elapsed().as_secs_f64() / aspects.len() as f64;
            let all = found.into_iter().zip(aspects);
            outcomes.extend(all.map(|(found, aspect)| FamilyOutcome {
                unit: unit.clone(),
                dtype: *dtype,
                aspect,
                subject: adapter.identity().clone(),
                seconds,
                found,
            }));
        }
    }
    outcomes
}

/// What was found in each of so many aspects.
fn split(found: Result<Vec<Found>, OffloadError>, aspects: usize) -> Vec<Result<Found, String>> {
    match found {
        Ok(found) => found.into_iter().map(Ok).collect(),
        Err(error) => (0..aspects).map(|_| Err(error.to_string())).collect(),
    }
}

impl FamilyOutcome {
    pub(super) fn passed(&self) -> bool {
        self.found.as_ref().is_ok_and(|found| found.passed)
    }

    pub(super) fn is_of(&self, subject: &Identity) -> bool {
        self.subject == *subject
    }

    /// For standard error, where it did not run to its end.
    pub(super) fn failure(&self) -> Option<String> {
        let error = self.found.as_ref().err()?;
        let (name, subject) = (self.unit.name(), self.subject.name());
        let (aspect, dtype) = (self.aspect, self.dtype);
        Some(format!(
            "error: {name} {aspect} {dtype} could not be verified on {subject}: {error}"
        ))
    }

    pub(super) fn json(&self) -> JsonRow<'_> {
        let (found, error) = match &self.found {
            Ok(found) => (Some(found), None),
            Err(error) => (None, Some(error.as_str())),
        };
        JsonRow {
            activation: self.unit.name(),
            family: self.unit.family(),
            parameters: self.unit.json_parameters(),
            direction: self.aspect.direction().name(),
            by: self.aspect.by(),
            input_dtype: self.dtype.name(),
            dtype: self.dtype.name(),
            adapter: &self.subject,
            found,
            error,
            seconds: self.seconds,
            passed: self.passed(),
        }
    }

    fn cells(&self) -> Option<[String; 11]> {
        let found = self.found.as_ref().ok()?;
        let [place, expected, actual] = found.worst_cells();
        Some([
            self.unit.name(),
            self.unit.parameters_text(),
            self.aspect.to_string(),
            self.dtype.to_string(),
            found.inputs.to_string(),
            format!("{:.2}", found.max_ulp),
            found.bound.to_string(),
            place,
            expected,
            actual,
            found.verdict(),
        ])
    }
}

/// Prints a table of one adapter's outcomes, where there are any.
pub(super) fn print_table<'a>(
    outcomes: impl Iterator<Item = &'a FamilyOutcome>,
) -> Result<(), Error> {
    let header = [
        "activation",
        "parameters",
        "direction",
        "dtype",
        "elements",
        "max ULP",
        "bound",
        "worst",
        "expected",
        "actual",
        "verdict",
    ];
    let mut lines = vec![header.map(String::from)];
    lines.extend(outcomes.filter_map(FamilyOutcome::cells));
    match lines.len() {
        1 => Ok(()),
        _ => print::table(&lines),
    }
}
