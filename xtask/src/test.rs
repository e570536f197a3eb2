//! Runs every test of the workspace.

use crate::adapter::{self, Profile};
use crate::command::Command;
use crate::steps;

/// Runs the tests, then the doctests even where a test failed, and says how both went.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    adapter::ensure(Profile::Dev)?;
    let has_nextest = Command::cargo("nextest --version").succeeds_silently();
    steps::run_each(commands(has_nextest, arguments))
}

/// cargo-nextest runs no doctests, so they are a command of their own either way.
fn commands(has_nextest: bool, arguments: &[String]) -> [Command; 2] {
    let tests = if has_nextest {
        "nextest run --workspace"
    } else {
        "test --workspace --lib --bins --tests --examples"
    };
    [
        Command::cargo(tests).with(arguments.iter().cloned()),
        Command::cargo("test --workspace --doc"),
    ]
}

#[cfg(test)]
mod tests {
    use super::commands;

    fn lines(has_nextest: bool, arguments: &[&str]) -> Vec<String> {
        let arguments: Vec<_> = arguments.iter().map(|&word| word.to_owned()).collect();
        let commands = commands(has_nextest, &arguments);
        commands.iter().map(ToString::to_string).collect()
    }

    #[test]
    fn prefers_nextest_and_adds_doctests() {
        assert_eq!(
            lines(true, &["--no-fail-fast"]),
            [
                "cargo nextest run --workspace --no-fail-fast",
                "cargo test --workspace --doc",
            ]
        );
    }

    #[test]
    fn does_without_nextest() {
        assert_eq!(
            lines(false, &["--", "gelu"]),
            [
                "cargo test --workspace --lib --bins --tests --examples -- gelu",
                "cargo test --workspace --doc",
            ]
        );
    }
}
