//! Several commands of which none should keep the others from being run.

use std::time::Instant;

use crate::command::Command;

/// Runs them all, even where one fails, and says how each went.
pub(crate) fn run_each(commands: impl IntoIterator<Item = Command>) -> Result<(), String> {
    let commands = commands.into_iter();
    summarise(commands.map(|command| Step::run(command, Command::run)))
}

/// Runs them all at the same time, so that none leaves a processor idle. What a command prints is shown when
/// it ends.
pub(crate) fn run_together(commands: &[Command]) -> Result<(), String> {
    let run = |command: &Command| Step::run(command.clone(), Command::run_quietly);
    std::thread::scope(|scope| {
        let running: Vec<_> = commands
            .iter()
            .map(|command| scope.spawn(move || run(command)))
            .collect();
        let steps = running.into_iter().map(|step| match step.join() {
            Ok(step) => step,
            Err(panic) => std::panic::resume_unwind(panic),
        });
        summarise(steps)
    })
}

/// How a command went.
struct Step {
    command: Command,
    seconds: u64,
    outcome: Result<(), String>,
}

impl Step {
    fn run(command: Command, run: fn(&Command) -> Result<(), String>) -> Self {
        let start = Instant::now();
        let outcome = run(&command);
        Self {
            command,
            seconds: start.elapsed().as_secs(),
            outcome,
        }
    }
}

fn summarise(steps: impl Iterator<Item = Step>) -> Result<(), String> {
    let mut failures = 0;
    let mut summary = String::new();
    for step in steps {
        let is_ok = step.outcome.is_ok();
        let word = if is_ok { "passed" } else { "FAILED" };
        failures += usize::from(!is_ok);
        summary += &format!("\n  {word} in {:>4} s   {}", step.seconds, step.command);
    }
    eprintln!("{summary}\n");
    if failures == 0 {
        Ok(())
    } else {
        Err("not everything passed: see above".into())
    }
}

#[cfg(test)]
mod tests {
    use super::{Command, run_each, run_together};

    #[test]
    fn one_failure_fails_all() {
        let commands = || [Command::cargo("--version"), Command::cargo("no-such-step")];
        run_together(&commands()).unwrap_err();
        run_each(commands()).unwrap_err();
        run_together(&commands()[..1]).unwrap();
        run_each(commands().into_iter().take(1)).unwrap();
    }
}
