//! The command `wgpu-activations`: activation functions of neural networks, applied to tensors in files.

mod adapters;
mod apply;
mod arguments;
mod array_file;
mod bench;
mod error;
mod function;
mod interruption;
mod layout;
mod list;
mod location;
mod npy_header;
mod output;
mod pipeline_cache;
mod plot;
mod print;
mod progress;
mod reorder;
mod safetensors_header;
mod stats;
mod tensor_file;
mod verify;
mod wgsl;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};
use error::Error;

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::Apply(arguments) => apply::run(&arguments),
        Command::Stats(arguments) => stats::run(&arguments),
        Command::List(arguments) => list::run(&arguments),
        Command::Wgsl(arguments) => wgsl::run(&arguments),
        Command::Plot(arguments) => plot::run(&arguments),
        Command::Adapters(arguments) => adapters::run(&arguments),
        Command::Verify(arguments) => verify::run(&arguments),
        Command::Bench(arguments) => bench::run(&arguments),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::standard_error(&match error {
                Error::Interrupted { .. } | Error::Paused { .. } => error.to_string(),
                _ => format!("error: {error}"),
            });
            ExitCode::from(error.exit_code())
        }
    }
}
