//! `verify`: the adapter's results against the f64 reference.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, Report, Samples};
use wgpu_activations::{Activation, OffloadError};

use crate::arguments::Verify;
use crate::error::Error;
use crate::print::{self, json_number};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Verify) -> Result<(), Error> {
    let activations = activations(&arguments.activations)?;
    let mut gpu = arguments.adapter.open()?;
    let adapter = gpu.adapter_info().name.clone();
    let (reports, failures) = verify_all(&activations, |activation| {
        let result = gpu.verify(activation, &Samples::default());
        if let Err(OffloadError::DeviceLost) = result {
            gpu = arguments.adapter.open()?;
        }
        result
    });

    if arguments.json {
        let rows: Vec<_> = reports.iter().map(Row::new).collect();
        let failures = failures.iter().map(Entry::Failure);
        let entries = rows.iter().map(Entry::Row).chain(failures);
        print::json(&entries.collect::<Vec<_>>())?;
    } else {
        print_table(&reports)?;
    }
    for Failure { name, error, .. } in &failures {
        print::standard_error(&format!("error: {name} could not be verified: {error}"));
    }
    let total = activations.len() * Direction::ALL.len();
    match reports.iter().filter(|report| report.passed()).count() {
        passed if passed == total => Ok(()),
        passed => Err(Error::NotVerified {
            failed: total - passed,
            total,
            adapter,
        }),
    }
}

/// Goes through all of them: what one activation fails from need not concern the next.
fn verify_all(
    activations: &[Activation],
    mut verify: impl FnMut(&Activation) -> Result<[Report; 2], OffloadError>,
) -> (Vec<Report>, Vec<Failure>) {
    let bar = Bar::of_steps(activations.len() as u64);
    let (mut reports, mut failures) = (Vec::new(), Vec::new());
    for (done, activation) in activations.iter().enumerate() {
        bar.step(done as u64, activation.name());
        match verify(activation) {
            Ok(both) => reports.extend(both),
            Err(error) => failures.push(Failure::new(activation, &error)),
        }
    }
    (reports, failures)
}

/// Each with its default hyper-parameters and with every unusual set.
fn activations(names: &[String]) -> Result<Vec<Activation>, Error> {
    if names.is_empty() {
        return Ok(catalogue().flat_map(Activation::variants).collect());
    }
    let mut activations = Vec::new();
    for name in names {
        let definition = Activation::named(name)?.definition();
        activations.extend(definition.into_iter().flat_map(Activation::variants));
    }
    Ok(activations)
}

/// An activation that did not run to its end in both directions.
#[derive(Serialize)]
struct Failure {
    #[serde(rename = "activation")]
    name: String,
    parameters: Map<String, Value>,
    error: String,
    passed: bool,
}

impl Failure {
    fn new(activation: &Activation, error: &OffloadError) -> Self {
        let names = activation.parameters().iter().map(|p| p.name.to_owned());
        let values = activation
            .values()
            .iter()
            .map(|&value| json_number(value.into()));
        Self {
            name: activation.name().to_owned(),
            parameters: names.zip(values).collect(),
            error: error.to_string(),
            passed: false,
        }
    }
}

#[derive(Serialize)]
#[serde(untagged)]
enum Entry<'a> {
    Row(&'a Row<'a>),
    Failure(&'a Failure),
}

#[derive(Serialize)]
struct Row<'a> {
    activation: &'a str,
    parameters: Map<String, Value>,
    direction: &'static str,
    dtype: &'static str,
    inputs: u64,
    max_ulp: Value,
    bound: f64,
    worst_input: Value,
    expected: Value,
    actual: Value,
    nan_disagreements: u64,
    infinity_disagreements: u64,
    note: Option<&'static str>,
    passed: bool,
}

impl<'a> Row<'a> {
    fn new(report: &'a Report) -> Self {
        let parameters = report.parameters.iter();
        Self {
            activation: &report.activation,
            parameters: parameters
                .map(|(name, value)| (name.clone(), json_number((*value).into())))
                .collect(),
            direction: report.direction.name(),
            dtype: report.output_dtype.name(),
            inputs: report.inputs,
            max_ulp: json_number(report.max_ulp),
            bound: report.bound,
            worst_input: json_number(report.worst_input.into()),
            expected: json_number(report.expected),
            actual: json_number(report.actual.into()),
            nan_disagreements: report.nan_disagreements,
            infinity_disagreements: report.infinity_disagreements,
            note: note(report),
            passed: report.passed(),
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
        report => format!("beyond {}", report.bound),
    }
}

fn print_table(reports: &[Report]) -> Result<(), Error> {
    let header = [
        "activation",
        "parameters",
        "direction",
        "inputs",
        "max ULP",
        "worst input",
        "expected",
        "actual",
        "verdict",
    ];
    let mut lines = vec![header.map(String::from)];
    for report in reports {
        let parameters = report.parameters.iter();
        let parameters: Vec<_> = parameters
            .map(|(name, value)| format!("{name} {value}"))
            .collect();
        lines.push([
            report.activation.clone(),
            parameters.join(", "),
            report.direction.to_string(),
            report.inputs.to_string(),
            format!(
                "{:.2}{}",
                report.max_ulp,
                if report.largest_term { "*" } else { "" }
            ),
            format!("{:e}", report.worst_input),
            format!("{:e}", report.expected),
            format!("{:e}", report.actual),
            verdict(report),
        ]);
    }
    print::table(&lines)?;
    if let Some(note) = reports.iter().find_map(note) {
        print::standard_output(format!("* {note}\n").as_bytes())?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_activations::verify::judge;

    #[test]
    fn one_that_fails_to_run_does_not_keep_the_others_from_it() {
        let activations = activations(&["swish".to_owned(), "relu".to_owned()]).unwrap();
        let (reports, failures) = verify_all(&activations, |activation| {
            if activation.name() == "swish" {
                return Err(OffloadError::OutOfMemory);
            }
            let judged = |direction| judge(activation, direction, &[2.0], &[1.0]);
            Ok([judged(Direction::Forward)?, judged(Direction::Backward)?])
        });
        assert_eq!(failures.len() + 1, activations.len());
        let failure = serde_json::to_value(Entry::Failure(&failures[0])).unwrap();
        assert_eq!(failure["activation"], "swish");
        assert_eq!(failure["parameters"], serde_json::json!({"beta": 1.0}));
        assert!(failure["error"].as_str().unwrap().contains("memory"));
        assert_eq!(failure["passed"], false);

        let verdicts: Vec<_> = reports.iter().map(verdict).collect();
        assert!(verdicts[0].starts_with("beyond "), "{verdicts:?}");
        assert_eq!(verdicts[1], "passed");
        let report = serde_json::to_value(Entry::Row(&Row::new(&reports[1]))).unwrap();
        assert_eq!(
            (&report["dtype"], &report["passed"]),
            (&"f32".into(), &true.into())
        );
    }
}
