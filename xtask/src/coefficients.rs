//! Checks that the shaders' constants are those that the scripts in `tools` compute.

use crate::python;
use crate::steps;

/// Runs all the scripts, even where one fails.
pub(crate) fn run() -> Result<(), String> {
    let python = python::with_modules(&["mpmath", "numpy"])?;
    let scripts = ["tools/coefficients.py", "tools/coefficients_trig.py"];
    steps::run_each(scripts.map(|script| python.clone().with([script, "--check"])))
}
