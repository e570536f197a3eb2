use std::fmt::Write as _;

use super::library::requirements;
use super::operation::{Operand, Operation};
use super::storage::storage;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// How many elements one load brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Lanes {
    /// One: for tails and for views that start inside a vector.
    One,
    /// Four.
    Four,
}

impl Lanes {
    /// The number of elements.
    pub(crate) const fn count(self) -> u64 {
        match self {
            Self::One => 1,
            Self::Four => 4,
        }
    }

    pub(super) const fn wgsl(self) -> &'static str {
        match self {
            Self::One => include_str!("../../shaders/kernels/lanes_1.wgsl"),
            Self::Four => include_str!("../../shaders/kernels/lanes_4.wgsl"),
        }
    }
}

/// How the tensors that are only read are bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Access {
    /// Read-only: the tensors are in buffers of their own.
    Separate,
    /// Read-write, though they are not written: wgpu refuses a buffer that is bound for reading and
    /// for writing in one dispatch, even when the ranges are disjoint.
    SharedBuffer,
}

impl Access {
    /// How each operand is bound.
    pub(crate) fn bindings(self, operands: &[Operand]) -> Vec<BufferUse> {
        let bound = |operand: &Operand| match (operand.is_written, self) {
            (true, _) => BufferUse::Written,
            (false, Self::Separate) => BufferUse::Read,
            (false, Self::SharedBuffer) => BufferUse::ReadAsWritten,
        };
        operands.iter().map(bound).collect()
    }
}

/// What a kernel does with a storage buffer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum BufferUse {
    /// Reads it, bound for that only.
    Read,
    /// Reads it, bound as if it were written.
    ReadAsWritten,
    /// Writes it, and may read it too.
    Written,
}

/// One compute shader, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shader<'a> {
    /// The activation.
    pub(crate) activation: &'a Activation,
    /// What is done with it.
    pub(crate) operation: Operation,
    /// The types of the operands' elements in memory.
    pub(crate) dtypes: &'a [Dtype],
    /// Elements per load.
    pub(crate) lanes: Lanes,
    /// How read tensors are bound.
    pub(crate) access: Access,
}

/// Why no shader could be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShaderError {
    /// A `//! requires` line names a module that does not exist.
    #[error("the WGSL of {activation} requires {module:?}, which is no file of shaders/math")]
    UnknownModule {
        /// The activation.
        activation: String,
        /// The name in its `requires` line.
        module: String,
    },
}

/// The entry point of kernels that take each item of a range by itself.
pub(super) const WALK: &str = include_str!("../../shaders/kernels/walk.wgsl");

impl Shader<'_> {
    /// The invocations of one workgroup; stands in `walk.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 256;
    /// The items that one invocation takes; stands in `walk.wgsl` too.
    pub(crate) const STEPS: u32 = 4;

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let result = self.dtypes.last().copied().unwrap_or(Dtype::F32);
        let mathematics = mathematics(self.activation, result)?;
        let operands = self.operation.operands();
        let storage = storage(operands, self.dtypes, self.lanes, self.access);
        let settings = include_str!("../../shaders/kernels/elementwise.wgsl");

        let mut text = mathematics;
        let lanes = self.lanes.wgsl();
        for part in [lanes, settings, &storage, self.operation.wgsl(), WALK] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }
}

/// What computes an element, whatever the kernel: `evaluate` and `differentiate` with all that they
/// call, for results of that type.
pub(super) fn mathematics(activation: &Activation, result: Dtype) -> Result<String, ShaderError> {
    mathematics_with(&[], activation, result)
}

/// The same, with what a kernel's own texts require.
pub(super) fn mathematics_with(
    kernel: &[&str],
    activation: &Activation,
    result: Dtype,
) -> Result<String, ShaderError> {
    let mut text = functions(kernel, activation, result)?;
    text.push_str(&glue(activation, result, Passing::Settings));
    text.push('\n');
    Ok(text)
}

/// An activation's own functions with all that they and a kernel's own texts call, for results of that type.
pub(super) fn functions(
    kernel: &[&str],
    activation: &Activation,
    result: Dtype,
) -> Result<String, ShaderError> {
    let mut text = requirements(activation, kernel)?.concat();
    if result != Dtype::F32 {
        text.push_str(include_str!("../../shaders/storage/to_odd.wgsl"));
    }
    text.push_str(activation.source_wgsl());
    text.push('\n');
    Ok(text)
}

/// Where the functions that a kernel calls have the hyper-parameters from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Passing {
    /// The settings: they are the same for all elements.
    Settings,
    /// A second argument.
    Argument,
}

/// Joins an activation's two functions to the kernel: their parameters, NaN, which goes around every
/// activation, and for results of 16 bits the function that tells on which side of an f32 the exact
/// result lies, where an activation has one.
pub(super) fn glue(activation: &Activation, result: Dtype, passing: Passing) -> String {
    let mut text = parameters_struct(activation);
    let arguments = match (activation.parameters(), passing) {
        ([], _) => "number",
        (_, Passing::Settings) => "number, settings.parameters",
        (_, Passing::Argument) => "number, p",
    };
    let signature = match passing {
        Passing::Settings => "x: f32",
        Passing::Argument => "x: f32, p: Parameters",
    };
    // Nothing is derived from what only the device knows.
    let forward = match (activation.derived(), passing) {
        (Some(derived), Passing::Argument) => derived.forward_without,
        _ => "forward",
    };
    for (name, direction, function) in [
        ("evaluate", "forward", forward),
        ("differentiate", "derivative", "derivative"),
    ] {
        let rest = format!("{direction}_rest");
        let has_rest =
            activation.is_trusted() && activation.source_wgsl().contains(&format!("fn {rest}("));
        let value = format!("{function}({arguments})");
        let (y, result) = if result != Dtype::F32 && has_rest {
            let odd = format!("to_odd(y, {rest}({arguments}, y))");
            (format!("settled({value})"), odd)
        } else {
            (value, "y".to_owned())
        };
        let _ = write!(
            text,
            "\nfn {name}({signature}) -> f32 {{\n    let number = select(x, 0.0, is_nan(x));\n    \
             let y = {y};\n    return select({result}, x, is_nan(x));\n}}\n"
        );
    }
    text
}

/// `Parameters`, with a member for each hyper-parameter and for what is derived from them.
pub(super) fn parameters_struct(activation: &Activation) -> String {
    let mut text = "struct Parameters {\n".to_owned();
    for parameter in activation.parameters() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {}: f32,", parameter.name);
    }
    for name in activation
        .derived()
        .map_or(&[][..], |derived| derived.names)
    {
        let _ = writeln!(text, "    {name}: f32,");
    }
    // WGSL has no empty structs.
    if activation.parameters().is_empty() {
        text.push_str("    none: f32,\n");
    }
    text.push_str("}\n");
    text
}

/// The complete WGSL, with the entry point `main`, of the kernel that takes tensors of one type four
/// elements at a time: to read it, or to count its instructions.
///
/// ```
/// use wgpu_activations::{Activation, Dtype, Operation, wgsl};
///
/// let text = wgsl(&Activation::gelu(), Operation::Backward, Dtype::F32)?;
/// assert!(text.contains("fn main("));
/// # Ok::<(), wgpu_activations::ShaderError>(())
/// ```
pub fn wgsl(
    activation: &Activation,
    operation: Operation,
    dtype: Dtype,
) -> Result<String, ShaderError> {
    let shader = Shader {
        activation,
        operation,
        dtypes: &vec![dtype; operation.operands().len()],
        lanes: Lanes::Four,
        access: Access::Separate,
    };
    shader.wgsl()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::activation::Activation;
    use Dtype::{Bf16, F16, F32};

    /// What the compiler gets, for review: `INSTA_UPDATE=always cargo test snapshots` renews it.
    #[test]
    fn snapshots() {
        let cases = [
            (Activation::gelu(), Operation::Forward, &[F32, F32][..]),
            (
                Activation::xielu(),
                Operation::BackwardAccumulate,
                &[F16, F32, Bf16],
            ),
            (Activation::sinusoid(), Operation::ForwardInPlace, &[F16]),
        ];
        for (activation, operation, dtypes) in cases {
            for (lanes, access) in [
                (Lanes::Four, Access::Separate),
                (Lanes::One, Access::SharedBuffer),
            ] {
                let shader = Shader {
                    activation: &activation,
                    operation,
                    dtypes,
                    lanes,
                    access,
                };
                let name = format!("{}_{operation:?}_{lanes:?}", activation.name());
                insta::assert_snapshot!(name, shader.wgsl().expect("composed"));
            }
        }
    }

    #[test]
    fn the_kernel_and_the_host_agree_on_the_block() {
        assert!(WALK.contains(&format!("const WORKGROUP: u32 = {}u;", Shader::WORKGROUP)));
        assert!(WALK.contains(&format!("const STEPS: u32 = {}u;", Shader::STEPS)));
    }
}
