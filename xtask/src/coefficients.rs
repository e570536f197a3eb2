//! Checks that the shaders' constants are those that the scripts in `tools` compute.

use crate::python;
use crate::steps;

/// Runs all the scripts, even where one fails.
pub(crate) fn run() -> Result<(), String> {
    let scripts = ["tools/coefficients.py", "tools/coefficients_trig.py"].map(|path| {
        let script = python::script(path, &["mpmath", "numpy"])?;
        Ok(script.with(["--check"]))
    });
    let scripts: Result<Vec<_>, String> = scripts.into_iter().collect();
    steps::run_each(scripts?)
}
