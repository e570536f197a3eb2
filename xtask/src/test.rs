//! Runs every test of the workspace.

use std::time::Instant;

use crate::adapter::{self, Profile};
use crate::command::Command;

/// Runs the tests, then the doctests even where a test failed, and says how both went.
pub(crate) fn run(arguments: &[String]) -> Result<(), String> {
    adapter::ensure(Profile::Dev)?;
    let has_nextest = Command::cargo("nextest --version").succeeds_silently();
    let mut failures = 0;
    let mut summary = String::new();
    for command in commands(has_nextest, arguments) {
        let start = Instant::now();
        let outcome = command.run();
        let seconds = start.elapsed().as_secs();
        let word = if outcome.is_ok() { "passed" } else { "FAILED" };
        failures += usize::from(outcome.is_err());
        summary += &format!("\n  {word} in {seconds:>4} s   {command}");
    }
    eprintln!("{summary}\n");
    if failures == 0 {
        Ok(())
    } else {
        Err("not every test passed: see above".into())
    }
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
