//! Makes sure that Python has what the project's scripts need.

use crate::adapter;
use crate::command::Command;
use crate::system::{Remedy, System};

/// Returns once python3 can import these modules: installs what is missing.
pub(crate) fn ensure(modules: &[&str]) -> Result<(), String> {
    if importing(modules).succeeds_silently() {
        return Ok(());
    }
    let missing = format!("python3 cannot import {}", modules.join(", "));
    match System::current().debian_packages(&packages(modules)) {
        Remedy::Tell(advice) => return Err(format!("{missing}: {advice}")),
        Remedy::Install(commands) => {
            eprintln!("{missing}: installing them");
            adapter::install(&commands)?;
        }
    }
    // Where another python3 comes first in PATH, it does not see what Debian's has.
    importing(modules).run().map_err(|message| {
        format!(
            "{missing}, even with {} installed: {message}",
            packages(modules)
        )
    })
}

fn importing(modules: &[&str]) -> Command {
    let statement = format!("import {}", modules.join(","));
    Command::new("python3").with(["-c".to_owned(), statement])
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
        let line = importing(&modules).to_string();
        assert_eq!(line, "python3 -c import mpmath,numpy");
        assert_eq!(packages(&modules), "python3-mpmath python3-numpy");
    }
}
