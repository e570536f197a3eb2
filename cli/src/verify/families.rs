//! Functions of rows and gated units, verified on each adapter.

use std::time::Instant;

use serde_json::{Map, Value};
use wgpu_activations::verify::{Direction, GatedSample, RowSample};
use wgpu_activations::{Dtype, GatedActivation, OffloadError, RowActivation};

use super::found::{Found, JsonRow};
use super::plan::Choice;
use super::subject::{Adapter, Identity, Subject};
use crate::arguments::Verify;
use crate::error::Error;
use crate::function::{Function, GATED, ROWS};
use crate::print::{self, json_number};
use crate::progress::Bar;

/// What is verified in both directions at once.
pub(super) struct FamilyTask {
    unit: Unit,
    dtype: Dtype,
}

#[derive(Clone)]
enum Unit {
    Rows(RowActivation),
    Gated(GatedActivation),
}

/// What was found in one direction on one adapter.
pub(super) struct FamilyOutcome {
    unit: Unit,
    dtype: Dtype,
    direction: Direction,
    subject: Identity,
    seconds: f64,
    found: Result<Found, String>,
}

/// What to verify of functions of rows, with their scales, and of gated units. There is no walk over all
/// that they take: whoever names one for it is told so, and otherwise a walk leaves them out.
pub(super) fn tasks(arguments: &Verify, choice: &Choice) -> Result<Vec<FamilyTask>, Error> {
    let units = choice.functions.iter().flat_map(Unit::variants);
    if arguments.exhaustive || arguments.every.is_some() {
        let mut named = units.filter(|_| !arguments.activations.is_empty());
        return match named.next() {
            Some(unit) => Err(Error::NoWalk {
                name: unit.name(),
                made_of: unit.made_of(),
            }),
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

/// Verifies them all, in both directions.
pub(super) fn verify(tasks: &[FamilyTask], adapters: &mut [Adapter]) -> Vec<FamilyOutcome> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let row_samples = match tasks.iter().any(|task| matches!(task.unit, Unit::Rows(_))) {
        true => RowSample::all(),
        false => Vec::new(),
    };
    let bar = Bar::of_inputs((tasks.len() * adapters.len()) as u64);
    let mut outcomes = Vec::new();
    for adapter in adapters {
        for FamilyTask { unit, dtype } in tasks {
            bar.step(outcomes.len() as u64 / 2, &unit.name());
            let start = Instant::now();
            let found = split(unit.verify(adapter, *dtype, &row_samples));
            let seconds = start.elapsed().as_secs_f64() / 2.0;
            let both = found.into_iter().zip(Direction::ALL);
            outcomes.extend(both.map(|(found, direction)| FamilyOutcome {
                unit: unit.clone(),
                dtype: *dtype,
                direction,
                subject: adapter.identity().clone(),
                seconds,
                found,
            }));
        }
    }
    outcomes
}

fn json(parameters: &[(&str, f32)]) -> Map<String, Value> {
    let parameters = parameters.iter();
    parameters
        .map(|&(name, value)| (name.to_owned(), json_number(value.into())))
        .collect()
}

fn split(found: Result<[Found; 2], OffloadError>) -> [Result<Found, String>; 2] {
    match found {
        Ok(found) => found.map(Ok),
        Err(error) => [Err(error.to_string()), Err(error.to_string())],
    }
}

impl Unit {
    /// What is tried of a function.
    fn variants(function: &Function) -> Vec<Self> {
        match function {
            Function::Elementwise(_) | Function::Loss(_) => Vec::new(),
            Function::Rows(activation) => RowActivation::variants(activation.function())
                .map(Self::Rows)
                .to_vec(),
            Function::Gated(gated) => vec![Self::Gated(gated.clone())],
        }
    }

    fn name(&self) -> String {
        match self {
            Self::Rows(activation) => activation.function().name().to_owned(),
            Self::Gated(gated) => gated.name().into_owned(),
        }
    }

    fn family(&self) -> &'static str {
        match self {
            Self::Rows(_) => ROWS,
            Self::Gated(_) => GATED,
        }
    }

    fn made_of(&self) -> &'static str {
        match self {
            Self::Rows(_) => "whole rows",
            Self::Gated(_) => "pairs of elements",
        }
    }

    fn parameters(&self) -> Vec<(&str, f32)> {
        match self {
            Self::Rows(activation) => vec![("scale", activation.scale())],
            Self::Gated(gated) => {
                let names = gated.activation().parameters().iter().map(|p| p.name);
                let values = gated.activation().values().iter().copied();
                names.zip(values).collect()
            }
        }
    }

    fn verify(
        &self,
        adapter: &mut Adapter,
        dtype: Dtype,
        row_samples: &[RowSample],
    ) -> Result<[Found; 2], OffloadError> {
        match self {
            Self::Rows(activation) => {
                let reports = adapter.verify_rows(activation, dtype, row_samples)?;
                Ok(reports.map(|report| Found::of_rows(&report)))
            }
            Self::Gated(gated) => {
                let reports = adapter.verify_gated(gated, dtype, &GatedSample::new(gated))?;
                Ok(reports.map(|report| Found::of_gated(&report)))
            }
        }
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
        let (direction, dtype) = (self.direction, self.dtype);
        Some(format!(
            "error: {name} {direction} {dtype} could not be verified on {subject}: {error}"
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
            parameters: json(&self.unit.parameters()),
            direction: self.direction.name(),
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
            print::named_values(self.unit.parameters().into_iter()),
            self.direction.to_string(),
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
        "rows or gated",
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
