//! Command lines as data, so that a test can look at what would be run.

use std::fmt;
use std::io::{self, Read as _};
use std::path::{Path, PathBuf};
use std::process::{self, Stdio};

/// A command line, run in the workspace's root.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Command {
    words: Vec<String>,
    environment: Vec<(&'static str, String)>,
}

impl Command {
    /// A command line whose words hold no spaces.
    pub(crate) fn new(line: &str) -> Self {
        Self {
            words: line.split_whitespace().map(str::to_owned).collect(),
            environment: Vec::new(),
        }
    }

    /// A command of the cargo that runs this program.
    pub(crate) fn cargo(line: &str) -> Self {
        Self::new("cargo").with(line.split_whitespace())
    }

    /// A program of the workspace, just built.
    pub(crate) fn program(path: &Path) -> Result<Self, String> {
        let word = path
            .to_str()
            .ok_or_else(|| format!("{} is not UTF-8: move the checkout", path.display()))?;
        Ok(Self::new("").with([word]))
    }

    /// The same command with more words.
    pub(crate) fn with(mut self, words: impl IntoIterator<Item = impl Into<String>>) -> Self {
        self.words.extend(words.into_iter().map(Into::into));
        self
    }

    /// The same command with an environment variable.
    pub(crate) fn env(mut self, name: &'static str, value: impl Into<String>) -> Self {
        self.environment.push((name, value.into()));
        self
    }

    /// Runs it with this program's input and output; fails where it does.
    pub(crate) fn run(&self) -> Result<(), String> {
        self.judge(self.exit_code()?)
    }

    /// Runs it without input, and shows what it has printed once it is done; fails where it does.
    pub(crate) fn run_quietly(&self) -> Result<(), String> {
        eprintln!("$ {self}");
        let failed = |error| self.cannot_start(&error);
        let (mut reader, writer) = io::pipe().map_err(failed)?;
        let mut process = self.process()?;
        process
            .stdin(Stdio::null())
            .stdout(writer.try_clone().map_err(failed)?)
            .stderr(writer);
        let mut child = process.spawn().map_err(failed)?;
        // It holds the ends that are written to, without which reading ends.
        drop(process);
        let mut printed = Vec::new();
        let read = reader.read_to_end(&mut printed);
        let status = child.wait();
        eprintln!("$ {self}\n{}", String::from_utf8_lossy(&printed));
        read.map_err(|error| format!("cannot read what `{self}` prints: {error}"))?;
        let status = status.map_err(|error| format!("cannot wait for `{self}`: {error}"))?;
        self.judge(status.code())
    }

    /// What an exit code says: `None` is that of a signal.
    fn judge(&self, exit_code: Option<i32>) -> Result<(), String> {
        match exit_code {
            Some(0) => Ok(()),
            Some(code) => Err(format!("`{self}` failed with exit code {code}")),
            None => Err(format!("`{self}` was killed by a signal")),
        }
    }

    /// Runs it with this program's input and output, and returns how it exited: `None` by a signal.
    pub(crate) fn exit_code(&self) -> Result<Option<i32>, String> {
        eprintln!("$ {self}");
        let status = self
            .process()?
            .status()
            .map_err(|error| self.cannot_start(&error))?;
        Ok(status.code())
    }

    /// Runs it and returns what it prints on stdout.
    pub(crate) fn output(&self) -> Result<Vec<u8>, String> {
        eprintln!("$ {self}");
        let output = self
            .process()?
            .stderr(Stdio::inherit())
            .output()
            .map_err(|error| self.cannot_start(&error))?;
        if output.status.success() {
            Ok(output.stdout)
        } else {
            Err(format!("`{self}` failed"))
        }
    }

    /// Whether it can be run and succeeds; it stays silent.
    pub(crate) fn succeeds_silently(&self) -> bool {
        self.process().is_ok_and(|mut process| {
            process
                .stdin(Stdio::null())
                .stdout(Stdio::null())
                .stderr(Stdio::null())
                .status()
                .is_ok_and(|status| status.success())
        })
    }

    fn process(&self) -> Result<process::Command, String> {
        let (program, arguments) = self.words.split_first().ok_or("an empty command line")?;
        let mut process = match program.as_str() {
            // With a toolchain chosen by `cargo +name`, plain "cargo" may be another one.
            "cargo" => process::Command::new(std::env::var_os("CARGO").unwrap_or("cargo".into())),
            program => process::Command::new(program),
        };
        process
            .args(arguments)
            .envs(self.environment.iter().map(|(name, value)| (name, value)))
            .current_dir(workspace_root());
        Ok(process)
    }

    fn cannot_start(&self, error: &io::Error) -> String {
        format!("cannot start `{self}`: {error}")
    }
}

impl fmt::Display for Command {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (name, value) in &self.environment {
            write!(f, "{name}={value} ")?;
        }
        f.write_str(&self.words.join(" "))
    }
}

/// Where cargo puts a program of that name, such as `examples/probe`.
pub(crate) fn built(profile: &str, name: &str) -> Result<PathBuf, String> {
    let file_name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    Ok(target_folder()?.join(profile).join(file_name))
}

/// The target folder, found from this program in it: it may be set by the environment, by cargo's
/// configuration, or not at all.
pub(crate) fn target_folder() -> Result<PathBuf, String> {
    let this = std::env::current_exe()
        .map_err(|error| format!("cannot tell where this program is: {error}"))?;
    this.ancestors()
        .nth(2)
        .map(Path::to_owned)
        .ok_or_else(|| format!("{} is not in a target folder", this.display()))
}

/// The folder of the workspace's `Cargo.toml`.
pub(crate) fn workspace_root() -> PathBuf {
    let xtask = Path::new(env!("CARGO_MANIFEST_DIR"));
    xtask.parent().unwrap_or(xtask).to_owned()
}

#[cfg(test)]
mod tests {
    use super::Command;

    #[test]
    fn shows_itself_as_it_would_be_typed() {
        let command = Command::cargo("test --doc")
            .with(["--", "gelu"])
            .env("UPDATE", "1");
        assert_eq!(command.to_string(), "UPDATE=1 cargo test --doc -- gelu");
    }

    #[test]
    fn a_failing_command_is_named() {
        let command = Command::cargo("no-such-subcommand");
        assert!(!command.succeeds_silently());
        let message = command.run().unwrap_err();
        assert!(
            message.starts_with("`cargo no-such-subcommand` failed"),
            "{message}"
        );
    }

    #[test]
    fn a_missing_program_is_named() {
        let message = Command::new("no-such-program-anywhere").run().unwrap_err();
        assert!(
            message.starts_with("cannot start `no-such-program-anywhere`"),
            "{message}"
        );
    }
}
