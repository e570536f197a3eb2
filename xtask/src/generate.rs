//! Refreshes the files that follow from the catalogue.

use std::fs;

use crate::adapter::{self, Profile};
use crate::command::{self, Command};
use crate::python;

/// Refreshes the README's table, that of special values, the gallery, the references' tables and the page on
/// accuracy.
pub(crate) fn run() -> Result<(), String> {
    adapter::ensure(Profile::Dev)?;
    let tests = "--test readme --test special_values";
    // In one build, so that features are unified, and dependencies compiled, as for the tests.
    Command::cargo(&format!("build --workspace --bin wgpu-activations {tests}")).run()?;
    Command::cargo(&format!("test --quiet --workspace {tests} is_generated"))
        .env("UPDATE_GENERATED", "1")
        .run()?;
    Command::program(&command::built("debug", "wgpu-activations")?)?
        .with(["plot", "--out", "docs/gallery"])
        .run()?;
    reference_tables()?;
    Command::cargo("run --quiet --package wgpu-activations-peers -- table").run()
}

fn reference_tables() -> Result<(), String> {
    let python = python::with_modules(&["mpmath"])?;
    let program = command::built("debug", "wgpu-activations")?;
    let list = Command::program(&program)?
        .with(["list", "--json"])
        .output()?;
    let catalogue = command::target_folder()?.join("catalogue.json");
    fs::write(&catalogue, list)
        .map_err(|error| format!("cannot write {}: {error}", catalogue.display()))?;
    for script in [
        "tools/reference_tables.py",
        "tools/parameter_derivatives.py",
    ] {
        python
            .clone()
            .with([script.to_owned(), catalogue.display().to_string()])
            .run()?;
    }
    Ok(())
}
