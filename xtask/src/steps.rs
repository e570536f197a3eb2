//! Several commands of which none should keep the others from being run.

use std::time::Instant;

use crate::command::Command;

/// Runs them all, even where one fails, and says how each went.
pub(crate) fn run_each(commands: impl IntoIterator<Item = Command>) -> Result<(), String> {
    let mut failures = 0;
    let mut summary = String::new();
    for command in commands {
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
        Err("not everything passed: see above".into())
    }
}
