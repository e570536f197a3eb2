//! `verify`: the adapter's results against the f64 reference.

use serde::Serialize;
use serde_json::{Map, Value};
use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Report, Samples};

use crate::arguments::Verify;
use crate::error::Error;
use crate::print::{self, json_number};
use crate::progress::Bar;

pub(crate) fn run(arguments: &Verify) -> Result<(), Error> {
    let activations = activations(&arguments.activations)?;
    let gpu = arguments.adapter.open()?;
    let bar = Bar::of_steps(activations.len() as u64);
    let mut reports = Vec::new();
    for (done, activation) in activations.iter().enumerate() {
        bar.step(done as u64, activation.name());
        reports.extend(gpu.verify(activation, &Samples::default())?);
    }
    drop(bar);

    if arguments.json {
        print::json(&reports.iter().map(Row::new).collect::<Vec<_>>())?;
    } else {
        print_table(&reports)?;
    }
    let failed = reports.iter().filter(|report| !report.passed()).count();
    match failed {
        0 => Ok(()),
        failed => Err(Error::NotVerified {
            failed,
            total: reports.len(),
            adapter: gpu.adapter_info().name.clone(),
        }),
    }
}

/// Each with its default hyper-parameters and with every unusual set.
fn activations(names: &[String]) -> Result<Vec<Activation>, Error> {
    if names.is_empty() {
        return Ok(catalogue().flat_map(Activation::variants).collect());
    }
    let mut activations = Vec::new();
    for name in names {
        let activation = Activation::named(name)?;
        match activation.definition() {
            Some(definition) => activations.extend(Activation::variants(definition)),
            None => activations.push(activation),
        }
    }
    Ok(activations)
}

#[derive(Serialize)]
struct Row<'a> {
    activation: &'a str,
    parameters: Map<String, Value>,
    direction: &'static str,
    dtype: &'static str,
    inputs: usize,
    max_ulp: Value,
    bound: f64,
    worst_input: Value,
    expected: Value,
    actual: Value,
    nan_disagreements: usize,
    infinity_disagreements: usize,
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
            dtype: "f32",
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
            if report.passed() {
                "passed".to_owned()
            } else {
                format!("beyond {}", report.bound)
            },
        ]);
    }
    print::table(&lines)?;
    if let Some(note) = reports.iter().find_map(note) {
        print::standard_output(format!("* {note}\n").as_bytes())?;
    }
    Ok(())
}
