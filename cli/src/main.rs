//! The command `wgpu-activations`: activation functions of neural networks, applied to npy files.

mod arguments;
mod error;
mod list;
mod print;

use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Command};

fn main() -> ExitCode {
    let result = match Arguments::parse().command {
        Command::List(arguments) => list::run(&arguments),
        _ => Ok(()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            print::standard_error(&format!("error: {error}"));
            ExitCode::from(error.exit_code())
        }
    }
}
