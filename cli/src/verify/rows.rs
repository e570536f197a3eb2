//! What a verification found, as rows of a table or of JSON.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::Report;

use super::plan::Task;
use super::state::State;
use super::subject::Identity;
use crate::error::Error;
use crate::print::{self, json_number};

/// The outcome of one task on one adapter.
pub(super) struct Row<'a> {
    task: &'a Task,
    subject: &'a Identity,
    seconds: f64,
    /// Or why the task did not run to its end.
    report: Result<Report, &'a str>,
}

impl<'a> Row<'a> {
    /// The rows of a task, one for each subject.
    pub(super) fn of(
        task: &'a Task,
        state: &'a State,
        subjects: &'a [Identity],
    ) -> impl Iterator<Item = Self> {
        let outcomes = subjects.iter().zip(&state.outcomes);
        outcomes.map(move |(subject, outcome)| Self {
            task,
            subject,
            seconds: state.seconds,
            report: match &outcome.failure {
                Some(failure) => Err(failure.message.as_str()),
                None => Ok(task.oracle.report(&outcome.tally)),
            },
        })
    }

    pub(super) fn passed(&self) -> bool {
        self.report.as_ref().is_ok_and(Report::passed)
    }

    /// For standard error, where it did not run to its end.
    pub(super) fn failure(&self) -> Option<String> {
        let error = self.report.as_ref().err()?;
        let (task, subject) = (self.task.full_name(), self.subject.name());
        Some(format!(
            "error: {task} could not be verified on {subject}: {error}"
        ))
    }

    pub(super) fn json(&self) -> JsonRow<'_> {
        let [input_dtype, dtype] = self.task.oracle.dtypes();
        let (found, error) = match &self.report {
            Ok(report) => (Some(Found::new(report)), None),
            Err(error) => (None, Some(*error)),
        };
        JsonRow {
            activation: self.task.name(),
            parameters: print::json_parameters(self.task.oracle.activation()),
            direction: self.task.oracle.direction().name(),
            input_dtype: input_dtype.name(),
            dtype: dtype.name(),
            adapter: self.subject,
            wgsl: format!("{:016x}", self.task.fingerprint),
            found,
            error,
            seconds: self.seconds,
            passed: self.passed(),
        }
    }

    fn cells(&self, report: &Report) -> [String; 12] {
        let parameters = report.parameters.iter();
        let largest_term = if report.largest_term { "*" } else { "" };
        [
            report.activation.clone(),
            print::named_values(parameters.map(|(name, value)| (name.as_str(), value))),
            report.direction.to_string(),
            report.output_dtype.to_string(),
            report.inputs.to_string(),
            format!("{:.2}{largest_term}", report.max_ulp),
            report.bound.to_string(),
            format!("{:.2} %", report.percent_correctly_rounded()),
            format!("{:e}", report.worst_input),
            format!("{:e}", report.expected),
            format!("{:e}", report.actual),
            verdict(report),
        ]
    }
}

#[derive(Serialize)]
pub(super) struct JsonRow<'a> {
    activation: &'a str,
    parameters: Map<String, Value>,
    direction: &'static str,
    input_dtype: &'static str,
    dtype: &'static str,
    #[serde(flatten)]
    adapter: &'a Identity,
    wgsl: String,
    #[serde(flatten)]
    found: Option<Found>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a str>,
    seconds: f64,
    passed: bool,
}

#[derive(Serialize)]
struct Found {
    inputs: u64,
    max_ulp: Value,
    bound: f64,
    correctly_rounded: u64,
    worst_input: Value,
    expected: Value,
    actual: Value,
    nan_disagreements: u64,
    infinity_disagreements: u64,
    note: Option<&'static str>,
}

impl Found {
    fn new(report: &Report) -> Self {
        Self {
            inputs: report.inputs,
            max_ulp: json_number(report.max_ulp),
            bound: report.bound,
            correctly_rounded: report.correctly_rounded,
            worst_input: json_number(report.worst_input.into()),
            expected: json_number(report.expected),
            actual: json_number(report.actual.into()),
            nan_disagreements: report.nan_disagreements,
            infinity_disagreements: report.infinity_disagreements,
            note: note(report),
        }
    }
}

fn note(report: &Report) -> Option<&'static str> {
    report
        .largest_term
        .then_some("ULP at the magnitude of the largest term, where the result crosses zero")
}

fn verdict(report: &Report) -> String {
    match report {
        report if report.passed() => "passed".to_owned(),
        report if report.nan_disagreements > 0 => {
            format!("{} disagree on NaN", report.nan_disagreements)
        }
        report if report.infinity_disagreements > 0 => {
            format!("{} disagree on infinity", report.infinity_disagreements)
        }
        report if !report.is_rounded_well() => "too few rounded correctly".to_owned(),
        report => format!("beyond {}", report.bound),
    }
}

/// Prints what was found, and to standard error what could not be.
pub(super) fn print(rows: &[Row<'_>], subjects: &[Identity], as_json: bool) -> Result<(), Error> {
    if as_json {
        print::json(&rows.iter().map(Row::json).collect::<Vec<_>>())?;
    } else {
        print_tables(rows, subjects)?;
    }
    for failure in rows.iter().filter_map(Row::failure) {
        print::standard_error(&failure);
    }
    Ok(())
}

/// Prints a table for each adapter.
fn print_tables(rows: &[Row<'_>], subjects: &[Identity]) -> Result<(), Error> {
    let header = [
        "activation",
        "parameters",
        "direction",
        "dtype",
        "inputs",
        "max ULP",
        "bound",
        "rounded",
        "worst input",
        "expected",
        "actual",
        "verdict",
    ];
    for subject in subjects {
        print::standard_output(format!("{}, {}\n", subject.name(), subject.driver).as_bytes())?;
        let reports = rows.iter().filter(|row| row.subject == subject);
        let cells = reports.filter_map(|row| Some(row.cells(row.report.as_ref().ok()?)));
        let lines: Vec<_> = std::iter::once(header.map(String::from))
            .chain(cells)
            .collect();
        print::table(&lines)?;
    }
    let reports = rows.iter().filter_map(|row| row.report.as_ref().ok());
    if let Some(note) = reports.into_iter().find_map(note) {
        print::standard_output(format!("* {note}\n").as_bytes())?;
    }
    Ok(())
}
