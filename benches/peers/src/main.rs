//! Measures this library beside its peers: the accuracy of its shaders, of naive WGSL and of PyTorch on
//! the same inputs, what the accuracy costs, and how fast a loop on the CPU is.

mod bits;
mod cost;
mod cpu;
mod date;
mod judged;
mod markdown;
mod naive;
mod number;
mod performance;
mod progress;
mod pytorch;
mod resident;
mod rows;
mod shader;
mod speed;
mod spirv;
mod subjects;
mod table;
mod walk;

use std::path::Path;
use std::process::ExitCode;

use clap::Parser;
use wgpu_activations::{Activation, ActivationError, Definition, Offload};

type Error = Box<dyn std::error::Error + Send + Sync>;

/// Measures this library beside naive WGSL, PyTorch and a loop on the CPU; results go to docs/.
#[derive(Parser)]
enum Command {
    /// Measure accuracy over all inputs; rows that are there and current are left as they are.
    Walk(walk::Arguments),
    /// Time the shaders beside the naive ones; on a quiet machine.
    Cost(cost::Arguments),
    /// Time a loop on the CPU, in every thread, with the standard library's functions; on a quiet machine.
    Cpu(cpu::Arguments),
    /// Render docs/accuracy.md from what was measured.
    Table(table::Arguments),
    /// Render docs/performance.md from what was measured.
    Performance(performance::Arguments),
}

fn main() -> ExitCode {
    let result = match Command::parse() {
        Command::Walk(arguments) => walk::run(&arguments),
        Command::Cost(arguments) => cost::run(&arguments),
        Command::Cpu(arguments) => cpu::run(&arguments),
        Command::Table(arguments) => table::run(&arguments),
        Command::Performance(arguments) => performance::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

/// The root of the checkout that this was built from.
fn root() -> &'static Path {
    let here = Path::new(env!("CARGO_MANIFEST_DIR"));
    here.ancestors().nth(2).unwrap_or(here)
}

/// The adapter of that name, or the best.
fn open(name: Option<&str>) -> Result<Offload, Error> {
    Ok(match name {
        Some(name) => Offload::with_adapter(name)?,
        None => Offload::new()?,
    })
}

/// The rows of those names, all without any.
fn definitions(names: &[String]) -> Result<Vec<&'static Definition>, ActivationError> {
    if names.is_empty() {
        return Ok(wgpu_activations::activation::catalogue().collect());
    }
    let mut definitions = Vec::new();
    for name in names {
        definitions.extend(Activation::named(name)?.definition());
    }
    Ok(definitions)
}
