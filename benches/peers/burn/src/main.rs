//! Times wgpu-activations beside burn: on one device, in one process, in turn.
//!
//! The device is burn's own, with whatever burn asks its adapter for, and the library records into it.

mod device;
mod operations;
mod ours;
#[path = "../../src/speed.rs"]
mod speed;
mod theirs;

use std::io::Write as _;
use std::process::ExitCode;
use std::time::Duration;

use clap::Parser;
use serde::Serialize;

use device::Shared;
use operations::{OPERATIONS, Operation};
use ours::{Ours, Tensors};
use speed::{Speed, checked, compare};
use theirs::Theirs;

/// What two correct implementations in f32 may differ by, in units of the larger of 1 and the result.
const AGREEMENT: f32 = 1e-4;

#[derive(Parser)]
#[command(about = "Times wgpu-activations beside burn, and writes JSON to standard output")]
struct Arguments {
    /// Operations; all that both have, if none is named
    names: Vec<String>,
    /// Adapter whose name contains this, in any case; else WGPU_ADAPTER_NAME, else the best
    #[arg(long, value_name = "NAME")]
    adapter: Option<String>,
    /// f32 in each tensor, a multiple of twice the row
    #[arg(long, default_value_t = 16 << 20)]
    elements: usize,
    /// Elements of a row, for softmax and the like
    #[arg(long, default_value_t = 1024)]
    row: usize,
    /// Time for each operation, all directions and both sides together
    #[arg(long, value_name = "SECONDS", default_value_t = 6.0)]
    budget: f64,
}

#[derive(Serialize)]
struct Report {
    peer: &'static str,
    adapter: String,
    backend: String,
    driver: String,
    elements: usize,
    row: usize,
    rows: Vec<Speed>,
    checks: Vec<Check>,
}

/// How far burn's results are from the library's: that what was timed did run, and computed the same.
#[derive(Serialize)]
struct Check {
    operation: &'static str,
    direction: &'static str,
    worst_difference: f32,
    agrees: bool,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    let &Arguments { elements, row, .. } = arguments;
    let budget = checked(elements, row, arguments.budget)?;
    let operations = chosen(&arguments.names)?;
    let shared = Shared::open(arguments.adapter.as_deref())?;
    let info = shared.adapter.get_info();
    let mut report = Report {
        peer: "burn 0.22, wgpu back end with fusion and autotune",
        adapter: info.name,
        backend: info.backend.to_string(),
        driver: info.driver_info,
        elements,
        row,
        rows: Vec::new(),
        checks: Vec::new(),
    };
    let tensors = Tensors::new(&shared, elements, row)?;
    for operation in operations {
        eprintln!("{}", operation.name);
        measure(operation, &shared, &tensors, budget, &mut report)?;
    }
    let mut text = serde_json::to_string_pretty(&report).map_err(|error| error.to_string())?;
    text.push('\n');
    std::io::stdout()
        .write_all(text.as_bytes())
        .map_err(|error| format!("standard output: {error}"))
}

fn chosen(names: &[String]) -> Result<Vec<&'static Operation>, String> {
    if names.is_empty() {
        return Ok(OPERATIONS.iter().collect());
    }
    let named = |name: &String| {
        let mut operations = OPERATIONS.iter();
        operations.find(|one| one.name == *name).ok_or_else(|| {
            let names: Vec<_> = OPERATIONS.iter().map(|one| one.name).collect();
            format!(
                "{name} is no operation that both have; they are {}",
                names.join(", ")
            )
        })
    };
    names.iter().map(named).collect()
}

fn measure(
    operation: &'static Operation,
    shared: &Shared,
    tensors: &Tensors,
    budget: Duration,
    report: &mut Report,
) -> Result<(), String> {
    let ours = Ours::new(operation, shared, tensors)?;
    let theirs = Theirs::new(operation, shared, tensors);
    let results = [
        ("forward", ours.forward_result()?, theirs.forward_result()?),
        (
            "backward",
            ours.backward_result()?,
            theirs.backward_result()?,
        ),
    ];
    for (direction, ours, theirs) in results {
        let worst = worst_difference(&ours, &theirs)?;
        report.checks.push(Check {
            operation: operation.name,
            direction,
            worst_difference: worst,
            agrees: worst <= AGREEMENT,
        });
    }
    let mut contenders = Vec::from(ours.contenders());
    contenders.extend(theirs.contenders());
    let speeds = compare(operation.name, &mut contenders, budget)?;
    report.rows.extend(speeds);
    Ok(())
}

/// By the larger of 1 and the result; infinite where only one is NaN.
fn worst_difference(ours: &[f32], theirs: &[f32]) -> Result<f32, String> {
    if ours.len() != theirs.len() {
        return Err(format!(
            "results have {} and {} elements; the operations are not the same",
            ours.len(),
            theirs.len()
        ));
    }
    let differences = ours.iter().zip(theirs).map(|(ours, theirs)| {
        let difference = (ours - theirs).abs() / ours.abs().max(1.0);
        if difference.is_nan() {
            f32::INFINITY
        } else {
            difference
        }
    });
    Ok(differences.fold(0.0, f32::max))
}
