//! Makes sure that Python has what the project's scripts need.

use crate::adapter;
use crate::command::Command;
use crate::system::{Remedy, System};

/// A virtual environment of the user's in the root of the checkout, which git ignores.
pub(crate) const VENV: &str = ".venv";

/// The first in PATH, and Debian's own: where another comes first, it does not see what Debian's packages bring.
const PYTHONS: [&str; 3] = [".venv/bin/python", "python3", "/usr/bin/python3"];

/// A Python that can import these modules: installs what is missing.
pub(crate) fn with_modules(modules: &[&str]) -> Result<Command, String> {
    if let Some(python) = importing(modules) {
        return Ok(python);
    }
    let packages = packages(modules);
    let missing = format!("no Python can import {}", modules.join(", "));
    match System::current().debian_packages(&packages) {
        Remedy::Tell(advice) => return Err(format!("{missing}: {advice}")),
        Remedy::Install(commands) => {
            eprintln!("{missing}: installing them");
            adapter::install(&commands)?;
        }
    }
    importing(modules).ok_or_else(|| format!("{missing}, even with {packages} installed"))
}

/// The first that can import these modules.
pub(crate) fn importing(modules: &[&str]) -> Option<Command> {
    PYTHONS
        .into_iter()
        .find(|python| import(python, modules).succeeds_silently())
        .map(Command::new)
}

fn import(python: &str, modules: &[&str]) -> Command {
    let statement = format!("import {}", modules.join(","));
    Command::new(python).with(["-c".to_owned(), statement])
}

/// The packages of Debian that bring the modules.
fn packages(modules: &[&str]) -> String {
    let packages: Vec<_> = modules
        .iter()
        .map(|module| format!("python3-{module}"))
        .collect();
    packages.join(" ")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn modules_are_imported_at_once_and_have_debian_names() {
        let modules = ["mpmath", "numpy"];
        let line = import("python3", &modules).to_string();
        assert_eq!(line, "python3 -c import mpmath,numpy");
        assert_eq!(packages(&modules), "python3-mpmath python3-numpy");
    }
}
