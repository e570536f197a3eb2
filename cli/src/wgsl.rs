//! `wgsl`: an activation to put into a shader of one's own.

use crate::arguments::Wgsl;
use crate::error::Error;
use crate::function::Function;
use crate::print;

pub(crate) fn run(arguments: &Wgsl) -> Result<(), Error> {
    let function = Function::with_settings(&arguments.activation, &arguments.settings)?;
    let activation = function.elementwise("there is WGSL to take away")?;
    let text = activation.wgsl().map_err(Error::Shader)?;
    print::standard_output(text.as_bytes())
}
