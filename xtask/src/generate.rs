//! Refreshes the files that follow from the catalogue.

use std::fs;

use crate::command::{Command, workspace_root};

/// Where the catalogue is handed over to the script that computes the reference tables.
const CATALOGUE: &str = "target/catalogue.json";

/// Refreshes the README's table and the reference tables.
pub(crate) fn run() -> Result<(), String> {
    Command::cargo("test --workspace --test readme")
        .env("UPDATE_README", "1")
        .run()?;
    reference_tables()
}

fn reference_tables() -> Result<(), String> {
    if !Command::new("python3")
        .with(["-c", "import mpmath"])
        .succeeds_silently()
    {
        return Err(
            "python3 with mpmath computes the reference tables: `pip install mpmath`".into(),
        );
    }
    let list = Command::cargo("run --quiet --bin wgpu-activations -- list --json").output()?;
    fs::write(workspace_root().join(CATALOGUE), list)
        .map_err(|error| format!("cannot write {CATALOGUE}: {error}"))?;
    Command::new("python3 tools/reference_tables.py")
        .with([CATALOGUE])
        .run()
}
