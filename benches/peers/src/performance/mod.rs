//! Renders `docs/performance.md` from what was measured on each machine.

mod comparison;
mod goals;
mod page;
mod record;
mod roofline;
#[cfg(test)]
mod tests;

use std::fs;
use std::path::{Path, PathBuf};

use crate::{Error, rows};
use record::Machine;

/// What a folder of a machine can hold; the first has to be there.
const FILES: [&str; 5] = [
    "ours.json",
    "halves.json",
    "burn.json",
    "pytorch.json",
    "cpu.json",
];

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// Take what was measured on this machine over from this folder.
    #[arg(long, value_name = "FOLDER")]
    machine: Option<PathBuf>,
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    if let Some(from) = &arguments.machine {
        take_over(from, &folder())?;
    }
    let path = path();
    rows::write_text(&path, &render(&Machine::read_all(&folder())?))?;
    println!("wrote {}", path.display());
    Ok(())
}

/// Replaces what was measured before on the same adapter.
fn take_over(from: &Path, root: &Path) -> Result<(), Error> {
    let adapter = Machine::read(from)?.ours.adapter;
    let to = root.join(slug(&adapter));
    for name in FILES {
        let (from, to) = (from.join(name), to.join(name));
        if from.exists() {
            let text = fs::read_to_string(&from);
            let text = text.map_err(|error| format!("{}: {error}", from.display()))?;
            rows::write_text(&to, &text)?;
        } else if to.exists() {
            fs::remove_file(&to).map_err(|error| format!("{}: {error}", to.display()))?;
        }
    }
    Ok(())
}

/// A name as a folder's: letters and digits, with hyphens for all between.
fn slug(name: &str) -> String {
    let name = name.to_lowercase();
    let words = name.split(|letter: char| !letter.is_ascii_alphanumeric());
    let words: Vec<_> = words.filter(|word| !word.is_empty()).collect();
    words.join("-")
}

fn path() -> PathBuf {
    crate::root().join("docs/performance.md")
}

/// A folder for each machine.
fn folder() -> PathBuf {
    crate::root().join("docs/performance")
}

fn render(machines: &[Machine]) -> String {
    let mut parts = vec![include_str!("introduction.md").to_owned()];
    parts.extend(machines.iter().map(page::section));
    parts.join("\n")
}
