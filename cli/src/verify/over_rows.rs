//! Functions of rows, verified on each adapter.

use std::time::Instant;

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::{Direction, RowReport, RowSample, WorstElement};
use wgpu_activations::{Dtype, OffloadError, RowActivation};

use super::plan::Choice;
use super::subject::{Adapter, Identity, Subject};
use crate::arguments::Verify;
use crate::error::Error;
use crate::function::{Function, ROWS};
use crate::print::{self, json_number};
use crate::progress::Bar;

/// What was found of a function in one type and direction on one adapter.
pub(super) struct RowOutcome {
    activation: RowActivation,
    dtype: Dtype,
    direction: Direction,
    subject: Identity,
    seconds: f64,
    report: Result<RowReport, String>,
}

/// The functions of rows to verify, with their scales. There is no walk over all rows: whoever names one
/// for it is told so, and otherwise a walk leaves them out.
pub(super) fn tasks(
    arguments: &Verify,
    choice: &Choice,
) -> Result<Vec<(RowActivation, Dtype)>, Error> {
    let rows = choice
        .functions
        .iter()
        .filter_map(|function| match function {
            Function::Rows(activation) => Some(activation.function()),
            Function::Elementwise(_) => None,
        });
    if arguments.exhaustive || arguments.every.is_some() {
        let mut named = rows.filter(|_| !arguments.activations.is_empty());
        return match named.next() {
            Some(function) => Err(Error::NoWalk(function.name())),
            None => Ok(Vec::new()),
        };
    }
    let activations = rows.flat_map(RowActivation::variants);
    let tasks = activations
        .flat_map(|activation| choice.dtypes.iter().map(move |&dtype| (activation, dtype)));
    Ok(tasks.collect())
}

/// Verifies them all, in both directions.
pub(super) fn verify(
    tasks: &[(RowActivation, Dtype)],
    adapters: &mut [Adapter],
) -> Vec<RowOutcome> {
    if tasks.is_empty() {
        return Vec::new();
    }
    let samples = RowSample::all();
    let bar = Bar::of_inputs((tasks.len() * adapters.len()) as u64);
    let mut outcomes = Vec::new();
    for adapter in adapters {
        for (activation, dtype) in tasks {
            bar.step(outcomes.len() as u64 / 2, activation.function().name());
            let start = Instant::now();
            let found = adapter.verify_rows(activation, *dtype, &samples);
            let seconds = start.elapsed().as_secs_f64() / 2.0;
            outcomes.extend(split(found).into_iter().zip(Direction::ALL).map(
                |(report, direction)| RowOutcome {
                    activation: *activation,
                    dtype: *dtype,
                    direction,
                    subject: adapter.identity().clone(),
                    seconds,
                    report,
                },
            ));
        }
    }
    outcomes
}

fn split(found: Result<[RowReport; 2], OffloadError>) -> [Result<RowReport, String>; 2] {
    match found {
        Ok(reports) => reports.map(Ok),
        Err(error) => [Err(error.to_string()), Err(error.to_string())],
    }
}

impl RowOutcome {
    pub(super) fn passed(&self) -> bool {
        self.report.as_ref().is_ok_and(RowReport::passed)
    }

    pub(super) fn is_of(&self, subject: &Identity) -> bool {
        self.subject == *subject
    }

    /// For standard error, where it did not run to its end.
    pub(super) fn failure(&self) -> Option<String> {
        let error = self.report.as_ref().err()?;
        let name = self.activation.function().name();
        let (direction, dtype, subject) = (self.direction, self.dtype, self.subject.name());
        Some(format!(
            "error: {name} {direction} {dtype} could not be verified on {subject}: {error}"
        ))
    }

    pub(super) fn json(&self) -> JsonRow<'_> {
        let (found, error) = match &self.report {
            Ok(report) => (Some(Found::new(report)), None),
            Err(error) => (None, Some(error.as_str())),
        };
        let scale = json_number(self.activation.scale().into());
        JsonRow {
            activation: self.activation.function().name(),
            family: ROWS,
            parameters: [("scale".to_owned(), scale)].into_iter().collect(),
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
        let report = self.report.as_ref().ok()?;
        let worst = report.worst.as_ref();
        let at = |text: &dyn Fn(&WorstElement) -> String| worst.map(text).unwrap_or_default();
        Some([
            self.activation.function().name().to_owned(),
            format!("scale {}", self.activation.scale()),
            self.direction.to_string(),
            self.dtype.to_string(),
            report.elements.to_string(),
            format!("{:.2}", report.max_ulp),
            report.bound.to_string(),
            at(&WorstElement::to_string),
            at(&|worst| format!("{:e}", worst.expected)),
            at(&|worst| format!("{:e}", worst.actual)),
            match report.nan_disagreements {
                _ if report.passed() => "passed".to_owned(),
                0 => format!("beyond {}", report.bound),
                count => format!("{count} disagree on NaN"),
            },
        ])
    }
}

/// Prints a table of one adapter's outcomes, where there are any.
pub(super) fn print_table<'a>(outcomes: impl Iterator<Item = &'a RowOutcome>) -> Result<(), Error> {
    let header = [
        "function of rows",
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
    lines.extend(outcomes.filter_map(RowOutcome::cells));
    match lines.len() {
        1 => Ok(()),
        _ => print::table(&lines),
    }
}

#[derive(Serialize)]
pub(super) struct JsonRow<'a> {
    activation: &'static str,
    family: &'static str,
    parameters: Map<String, Value>,
    direction: &'static str,
    input_dtype: &'static str,
    dtype: &'static str,
    #[serde(flatten)]
    adapter: &'a Identity,
    #[serde(flatten)]
    found: Option<Found<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    seconds: f64,
    passed: bool,
}

#[derive(Serialize)]
struct Found<'a> {
    inputs: u64,
    max_ulp: Value,
    bound: f64,
    nan_disagreements: u64,
    worst: Option<Worst<'a>>,
}

#[derive(Serialize)]
struct Worst<'a> {
    shape: &'a [u64],
    axis: i64,
    row: u64,
    element: u64,
    input: Value,
    expected: Value,
    actual: Value,
}

impl<'a> Found<'a> {
    fn new(report: &'a RowReport) -> Self {
        Self {
            inputs: report.elements,
            max_ulp: json_number(report.max_ulp),
            bound: report.bound,
            nan_disagreements: report.nan_disagreements,
            worst: report.worst.as_ref().map(|worst| Worst {
                shape: &worst.shape,
                axis: worst.axis,
                row: worst.row,
                element: worst.element,
                input: json_number(worst.input.into()),
                expected: json_number(worst.expected),
                actual: json_number(worst.actual.into()),
            }),
        }
    }
}
