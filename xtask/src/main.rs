//! The project's chores, each one command: `cargo xtask demo`, `explorer`, `bevy`, `test`, `conformance`,
//! `coefficients`, `generate` and `peers`.
//!
//! Nothing here depends on wgpu, so that the first line of output comes within seconds.

mod adapter;
mod coefficients;
mod command;
mod conformance;
mod generate;
mod peers;
mod python;
mod steps;
mod system;
mod test;

use std::process::ExitCode;

use adapter::Profile;
use command::Command;

const USAGE: &str = "\
Usage: cargo xtask COMMAND [ARGUMENTS]

  demo [ARGUMENTS]   dispatch every activation on the GPU, verify and time it;
                     ARGUMENTS go to the example, such as --elements 1048576
  explorer           open a window that draws every activation and its derivative
  bevy               lint and test the plugin for Bevy, and run its example
  test [ARGUMENTS]   run every test, doctests too, but for the explorer's and the
                     plugin's; ARGUMENTS go to cargo-nextest, or to cargo test
                     without it
  conformance [--exhaustive] [--tested ADAPTER]
                     verify every activation, in every type, on three adapters:
                     lavapipe, llvmpipe through OpenGL, SwiftShader; over every
                     251st bit pattern of f32, or all of them, which takes hours;
                     then run the tests of kernels on each, but for the one on
                     which `test` has just run them
  coefficients       compute the shaders' constants anew and compare
  generate           refresh the README's catalogue, the gallery and the
                     reference tables
  peers              time the library beside burn, PyTorch and a loop on the CPU,
                     and render docs/performance.md; about half an hour on a quiet
                     machine, once burn is compiled

`demo`, `bevy`, `test`, `generate` and `peers` first make sure that there is an adapter:
where wgpu finds none, they install Mesa's software Vulkan driver, or say which
package to install.
`conformance` does the same for each of its adapters, and `coefficients` and
`generate` for the Python modules that they need.";

const FAILED: u8 = 1;
const WRONG_USAGE: u8 = 2;

fn main() -> ExitCode {
    let words: Vec<_> = std::env::args_os()
        .skip(1)
        .map(|word| word.to_string_lossy().into_owned())
        .collect();
    let Some((chore, arguments)) = words.split_first() else {
        eprintln!("{USAGE}");
        return ExitCode::from(WRONG_USAGE);
    };
    let outcome = match chore.as_str() {
        "demo" => demo(arguments),
        "explorer" if arguments.is_empty() => explorer(),
        "bevy" if arguments.is_empty() => bevy(),
        "test" => test::run(arguments),
        "conformance" => conformance::run(arguments),
        "coefficients" if arguments.is_empty() => coefficients::run(),
        "generate" if arguments.is_empty() => generate::run(),
        "peers" if arguments.is_empty() => peers::run(),
        "help" | "--help" | "-h" => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!(
                "cargo xtask has no command {:?}\n\n{USAGE}",
                words.join(" ")
            );
            return ExitCode::from(WRONG_USAGE);
        }
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::from(FAILED)
        }
    }
}

fn demo(arguments: &[String]) -> Result<(), String> {
    adapter::ensure(Profile::Release)?;
    Command::cargo("run --release --example dispatch --")
        .with(arguments.iter().cloned())
        .run()
}

/// A workspace of its own. Bevy asks for a newer Rust than it needs.
fn bevy() -> Result<(), String> {
    const CRATE: &str =
        "--locked --ignore-rust-version --manifest-path integrations/bevy/Cargo.toml";
    adapter::ensure(Profile::Dev)?;
    let target = command::target_folder()?.display().to_string();
    [
        ("clippy --all-targets", &["--", "-D", "warnings"][..]),
        ("test", &[]),
        ("run --example headless", &[]),
    ]
    .into_iter()
    .try_for_each(|(action, rest)| {
        Command::cargo(action)
            .with(CRATE.split(' '))
            .with(["--target-dir", &target])
            .with(rest.iter().copied())
            .run()
    })
}

/// A workspace of its own, in this one's target folder: what both compile alike is compiled once.
fn explorer() -> Result<(), String> {
    let target = command::target_folder()?;
    Command::cargo("run --release --locked --manifest-path explorer/Cargo.toml --target-dir")
        .with([target.display().to_string()])
        .run()
}
