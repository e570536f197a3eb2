//! What a verification found, as rows of a table or of JSON.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::verify::Report;

use super::families::{self, FamilyOutcome};
use super::found;
use super::plan::Task;
use super::state::State;
use super::subject::Identity;
use crate::error::Error;
use crate::function::ELEMENTWISE;
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
            family: ELEMENTWISE,
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
    family: &'static str,
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

/// All that was found.
pub(super) struct Outcomes<'a> {
    pub(super) rows: Vec<Row<'a>>,
    pub(super) others: Vec<FamilyOutcome>,
    pub(super) subjects: &'a [Identity],
}

/// A row of JSON of any family.
#[derive(Serialize)]
#[serde(untagged)]
enum AnyRow<'a> {
    Elementwise(JsonRow<'a>),
    Other(found::JsonRow<'a>),
}

impl Outcomes<'_> {
    /// Prints what was found, and to standard error what could not be.
    pub(super) fn print(&self, as_json: bool) -> Result<(), Error> {
        if as_json {
            let elementwise = self.rows.iter().map(|row| AnyRow::Elementwise(row.json()));
            let others = self
                .others
                .iter()
                .map(|outcome| AnyRow::Other(outcome.json()));
            print::json(&elementwise.chain(others).collect::<Vec<_>>())?;
        } else {
            self.print_tables()?;
        }
        let failures = self.rows.iter().filter_map(Row::failure);
        for failure in failures.chain(self.others.iter().filter_map(FamilyOutcome::failure)) {
            print::standard_error(&failure);
        }
        Ok(())
    }

    /// Whether all have passed.
    pub(super) fn conclude(&self) -> Result<(), Error> {
        let passed = self.rows.iter().map(Row::passed);
        let passed: Vec<_> = passed
            .chain(self.others.iter().map(FamilyOutcome::passed))
            .collect();
        let failed = passed.iter().filter(|passed| !**passed).count();
        if failed == 0 {
            return Ok(());
        }
        let adapters: Vec<_> = self.subjects.iter().map(Identity::name).collect();
        Err(Error::NotVerified {
            failed,
            total: passed.len(),
            adapter: adapters.join(" and "),
        })
    }

    /// Prints tables for each adapter.
    fn print_tables(&self) -> Result<(), Error> {
        for subject in self.subjects {
            let title = format!("{}, {}\n", subject.name(), subject.driver);
            print::standard_output(title.as_bytes())?;
            print_table(self.rows.iter().filter(|row| row.subject == subject))?;
            families::print_table(self.others.iter().filter(|row| row.is_of(subject)))?;
        }
        let reports = self.rows.iter().filter_map(|row| row.report.as_ref().ok());
        if let Some(note) = reports.into_iter().find_map(note) {
            print::standard_output(format!("* {note}\n").as_bytes())?;
        }
        Ok(())
    }
}

/// Prints a table of one adapter's rows, where there are any.
fn print_table<'a>(rows: impl Iterator<Item = &'a Row<'a>>) -> Result<(), Error> {
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
    let mut lines = vec![header.map(String::from)];
    lines.extend(rows.filter_map(|row| Some(row.cells(row.report.as_ref().ok()?))));
    match lines.len() {
        1 => Ok(()),
        _ => print::table(&lines),
    }
}
