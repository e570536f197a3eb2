//! The text of a shader.

use wgpu_activations::verify::{Direction, wgsl_fingerprint};
use wgpu_activations::{Activation, Dtype, Operation};

use crate::Error;

/// The complete WGSL of the kernel for f32.
pub(crate) fn wgsl(activation: &Activation, direction: Direction) -> Result<String, Error> {
    let operation = match direction {
        Direction::Forward => Operation::Forward,
        Direction::Backward => Operation::Backward,
    };
    Ok(wgpu_activations::wgsl(activation, operation, Dtype::F32)?)
}

/// What tells whether something was measured with the present shader, as it stands in the rows.
pub(crate) fn fingerprint(
    activation: &Activation,
    direction: Direction,
    dtype: Dtype,
) -> Result<String, Error> {
    let fingerprint = wgsl_fingerprint(activation, direction, [dtype; 2])?;
    Ok(format!("{fingerprint:016x}"))
}
