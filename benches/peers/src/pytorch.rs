//! PyTorch's CPU kernels, in a child process: see `pytorch.py` for what goes through the pipes.

use std::io::{BufReader, Read as _, Write as _};
use std::path::Path;
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use serde::Deserialize;
use serde_json::json;
use wgpu_activations::reference::Reference;
use wgpu_activations::verify::Direction;
use wgpu_activations::{Activation, CustomActivation, Definition};

use crate::Error;

const SCRIPT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/pytorch.py");

/// Elements that go through the pipes at once: few enough to overlap with others.
const PART: usize = 1 << 20;

/// A Python process that evaluates activations.
pub(crate) struct PyTorch {
    child: Child,
    requests: ChildStdin,
    answers: BufReader<ChildStdout>,
    version: Version,
}

/// What the process says of itself.
#[derive(Clone, Debug, Deserialize)]
pub(crate) struct Version {
    pub version: String,
    pub threads: u32,
    pub instructions: String,
}

impl PyTorch {
    /// Starts `python`, which must have PyTorch.
    pub(crate) fn start(python: &Path) -> Result<Self, Error> {
        let mut child = Command::new(python)
            .arg(SCRIPT)
            // Its threads would spin between parts, in the way of who judges them.
            .env("OMP_WAIT_POLICY", "passive")
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .map_err(|error| format!("cannot start {}: {error}", python.display()))?;
        let (Some(requests), Some(stdout)) = (child.stdin.take(), child.stdout.take()) else {
            return Err("the Python process has no pipes".into());
        };
        let mut answers = BufReader::new(stdout);
        let version = answer(&mut answers).map_err(|error| {
            format!(
                "{} does not run PyTorch ({error}); install benches/peers/requirements.txt or name \
                 another one with --python",
                python.display()
            )
        })?;
        Ok(Self {
            child,
            requests,
            answers,
            version,
        })
    }

    pub(crate) fn version(&self) -> &Version {
        &self.version
    }

    /// Asks for an activation; the call that PyTorch has for it, `None` where it has none.
    pub(crate) fn select(
        &mut self,
        activation: &Activation,
        direction: Direction,
    ) -> Result<Option<String>, Error> {
        #[derive(Deserialize)]
        struct Answer {
            call: Option<String>,
        }
        let request = json!({
            "activation": activation.name(),
            "direction": direction.name(),
            "parameters": activation.values_f64(),
        });
        writeln!(self.requests, "{request}")?;
        Ok(answer::<Answer>(&mut self.answers)?.call)
    }

    /// Evaluates what was selected, in parts, so that the process computes while others are on their way.
    pub(crate) fn evaluate(&mut self, inputs: &[f32], outputs: &mut [f32]) -> Result<(), Error> {
        let Self {
            requests, answers, ..
        } = self;
        std::thread::scope(|scope| {
            let sent = scope.spawn(|| {
                inputs.chunks(PART).try_for_each(|part| {
                    requests.write_all(&(part.len() as u32).to_le_bytes())?;
                    requests.write_all(bytemuck::cast_slice(part))
                })
            });
            let received = answers.read_exact(bytemuck::cast_slice_mut(outputs));
            sent.join()
                .map_err(|_| "the thread that sends inputs panicked")??;
            Ok(received?)
        })
    }

    /// Ends what was selected, so that something else can be.
    pub(crate) fn deselect(&mut self) -> Result<(), Error> {
        Ok(self.requests.write_all(&0_u32.to_le_bytes())?)
    }
}

impl Drop for PyTorch {
    fn drop(&mut self) {
        // It may wait for the rest of a chunk, and owns nothing worth saving.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn answer<T: for<'a> Deserialize<'a>>(answers: &mut impl std::io::BufRead) -> Result<T, Error> {
    let mut line = String::new();
    answers.read_line(&mut line)?;
    if line.is_empty() {
        return Err("the Python process has ended: see above".into());
    }
    Ok(serde_json::from_str(&line)?)
}

/// Whether the script has a call for an activation.
pub(crate) fn has(name: &str) -> bool {
    include_str!("../pytorch.py").contains(&format!("    \"{name}\": ("))
}

/// What PyTorch means by a row's name, where that is not quite what the row means.
pub(crate) fn own_meaning(definition: &'static Definition) -> Result<Option<Activation>, Error> {
    if definition.name != "hard_sigmoid" {
        return Ok(None);
    }
    // Here alpha is 1/6 rounded to f32, there it is 1/6: near -3 that is far apart.
    let exact = Reference::new(
        |x, _| ((x + 3.0) / 6.0).clamp(0.0, 1.0),
        |x, _| if x.abs() < 3.0 { 1.0 / 6.0 } else { 0.0 },
    );
    let custom = CustomActivation::new(definition.name, definition.wgsl)?.with_reference(exact);
    Ok(Some(Activation::custom(custom)))
}
