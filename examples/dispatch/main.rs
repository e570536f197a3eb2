//! Dispatches every activation forward and backward on the GPU, verifies all results against the
//! f64 reference, and prints their error and speed.
//!
//! ```text
//! cargo run --release --example dispatch -- [--elements N] [--adapter NAME] [ACTIVATION]…
//! ```

mod table;
mod tensors;
mod timing;

use std::process::ExitCode;

use clap::Parser;
use indicatif::{ProgressBar, ProgressStyle};
use wgpu_activations::verify::{Direction, judge};
use wgpu_activations::{Activation, Offload, activation::catalogue};

use table::Row;
use tensors::Tensors;

type Error = Box<dyn std::error::Error>;

/// Dispatches every activation on the GPU, verified and timed.
#[derive(Parser)]
struct Arguments {
    /// Elements of the tensor.
    #[arg(long, default_value_t = 16 << 20, value_parser = clap::value_parser!(u64).range(1..))]
    elements: u64,

    /// Part of the adapter's name.
    #[arg(long)]
    adapter: Option<String>,

    /// Only these activations.
    #[arg(value_name = "ACTIVATION")]
    names: Vec<String>,
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<bool, Error> {
    let activations = match arguments.names.as_slice() {
        [] => catalogue().map(Activation::from_definition).collect(),
        names => names
            .iter()
            .map(|name| Activation::named(name))
            .collect::<Result<Vec<_>, _>>()?,
    };
    let gpu = match &arguments.adapter {
        Some(name) => Offload::with_adapter(name)?,
        None => Offload::new()?,
    };
    let info = gpu.adapter_info();
    println!(
        "{} ({}, {:?}, {})",
        info.name, info.backend, info.device_type, info.driver_info
    );

    let tensors = Tensors::new(&gpu, arguments.elements)?;
    let copy_ms = timing::copy(&gpu, &tensors)?;
    let copy_gb_per_s = timing::gb_per_s(tensors.bytes_moved(Direction::Forward), copy_ms);
    println!(
        "{} elements; a plain buffer copy takes {copy_ms:.2} ms: {copy_gb_per_s:.1} GB/s\n",
        arguments.elements
    );

    let bar = ProgressBar::new(activations.len() as u64);
    bar.set_style(ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}")?);
    let mut rows = Vec::new();
    for activation in &activations {
        bar.set_message(activation.name().to_owned());
        rows.push(measure(&gpu, &tensors, activation)?);
        bar.inc(1);
    }
    bar.finish_and_clear();

    table::print(&rows, copy_gb_per_s);
    table::print_slowest(&rows);
    let missed: Vec<_> = rows
        .iter()
        .flat_map(Row::reports)
        .filter(|report| !report.passed())
        .collect();
    match missed.len() {
        0 => println!(
            "All {} activations are within their bounds in both directions.",
            rows.len()
        ),
        count => println!("{count} results missed their bounds:"),
    }
    for report in &missed {
        println!("  {report}");
    }
    Ok(missed.is_empty())
}

fn measure(gpu: &Offload, tensors: &Tensors, activation: &Activation) -> Result<Row, Error> {
    let mut directions = Vec::new();
    for direction in Direction::ALL {
        let prepared = tensors.prepare(gpu, activation, direction)?;
        let ms = timing::dispatches(gpu, &prepared)?;
        let outputs = tensors.read_output(gpu)?;
        let report = judge(activation, direction, tensors.inputs(), &outputs)?;
        let gb_per_s = timing::gb_per_s(tensors.bytes_moved(direction), ms);
        directions.push(table::Cell {
            report,
            ms,
            gb_per_s,
        });
    }
    Ok(Row {
        name: activation.name().to_owned(),
        directions,
    })
}
