use std::fmt::Write as _;

use super::library::requirements;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// What a kernel does with an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Operation {
    /// `output = f(input)`.
    Forward,
    /// `tensor = f(tensor)`.
    ForwardInPlace,
    /// `grad_input = f′(input) · grad_output`.
    Backward,
    /// `grad = f′(input) · grad`.
    BackwardInPlace,
    /// `grad_input += f′(input) · grad_output`.
    BackwardAccumulate,
}

impl Operation {
    /// All of them.
    pub const ALL: &'static [Self] = &[
        Self::Forward,
        Self::ForwardInPlace,
        Self::Backward,
        Self::BackwardInPlace,
        Self::BackwardAccumulate,
    ];

    /// The tensors that it takes, in the order of their bindings.
    pub const fn operands(self) -> &'static [Operand] {
        const INPUT: Operand = Operand::read("input");
        const GRAD_OUTPUT: Operand = Operand::read("grad_output");
        const OUTPUT: Operand = Operand::written("output");
        const TENSOR: Operand = Operand::written("tensor");
        const GRAD: Operand = Operand::written("grad");
        const GRAD_INPUT: Operand = Operand::written("grad_input");
        match self {
            Self::Forward => &[INPUT, OUTPUT],
            Self::ForwardInPlace => &[TENSOR],
            Self::Backward | Self::BackwardAccumulate => &[INPUT, GRAD_OUTPUT, GRAD_INPUT],
            Self::BackwardInPlace => &[INPUT, GRAD],
        }
    }

    const fn wgsl(self) -> &'static str {
        match self {
            Self::Forward => include_str!("../../shaders/kernels/operations/forward.wgsl"),
            Self::ForwardInPlace => {
                include_str!("../../shaders/kernels/operations/forward_in_place.wgsl")
            }
            Self::Backward => include_str!("../../shaders/kernels/operations/backward.wgsl"),
            Self::BackwardInPlace => {
                include_str!("../../shaders/kernels/operations/backward_in_place.wgsl")
            }
            Self::BackwardAccumulate => {
                include_str!("../../shaders/kernels/operations/backward_accumulate.wgsl")
            }
        }
    }
}

/// A tensor's part in an operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Operand {
    /// What it is called.
    pub name: &'static str,
    /// Whether the operation writes it.
    pub is_written: bool,
}

impl Operand {
    const fn read(name: &'static str) -> Self {
        Self {
            name,
            is_written: false,
        }
    }

    const fn written(name: &'static str) -> Self {
        Self {
            name,
            is_written: true,
        }
    }
}

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

    const fn wgsl(self) -> &'static str {
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

/// One compute shader, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Shader<'a> {
    /// The activation.
    pub(crate) activation: &'a Activation,
    /// What is done with it.
    pub(crate) operation: Operation,
    /// The elements' type in memory.
    pub(crate) dtype: Dtype,
    /// Elements per load.
    pub(crate) lanes: Lanes,
    /// How read tensors are bound.
    pub(crate) access: Access,
}

/// Why no shader could be put together.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ShaderError {
    /// No kernel loads elements of this type.
    #[error("the kernels take f32 tensors, not {dtype}; convert the tensor to f32 first")]
    UnsupportedDtype {
        /// The tensors' type.
        dtype: Dtype,
    },
    /// A `//! requires` line names a module that does not exist.
    #[error("the WGSL of {activation} requires {module:?}, which is no file of shaders/math")]
    UnknownModule {
        /// The activation.
        activation: String,
        /// The name in its `requires` line.
        module: String,
    },
}

impl Shader<'_> {
    /// The invocations of one workgroup; stands in `elementwise.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 256;
    /// The items that one invocation takes; stands in `elementwise.wgsl` too.
    pub(crate) const STEPS: u32 = 4;

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let source = self.activation.source_wgsl();
        let modules =
            requirements(self.activation).map_err(|module| ShaderError::UnknownModule {
                activation: self.activation.name().to_owned(),
                module,
            })?;
        let storage = match self.dtype {
            Dtype::F32 => include_str!("../../shaders/storage/f32.wgsl"),
            dtype => return Err(ShaderError::UnsupportedDtype { dtype }),
        };
        let read = match self.access {
            Access::Separate => "read",
            Access::SharedBuffer => "read_write",
        };
        let operation = self.operation.wgsl().replace("READ", read);
        let glue = glue(self.activation);
        let kernel = include_str!("../../shaders/kernels/elementwise.wgsl");

        let mut text = modules.concat();
        for part in [
            source,
            &glue,
            self.lanes.wgsl(),
            storage,
            &operation,
            kernel,
        ] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }
}

/// Joins an activation's two functions to the kernel: their parameters, and NaN, which goes around
/// every activation.
fn glue(activation: &Activation) -> String {
    let mut text = "struct Parameters {\n".to_owned();
    for parameter in activation.parameters() {
        // Writing to a String cannot fail.
        let _ = writeln!(text, "    {}: f32,", parameter.name);
    }
    // WGSL has no empty structs.
    let arguments = if activation.parameters().is_empty() {
        text.push_str("    none: f32,\n");
        "number"
    } else {
        "number, settings.parameters"
    };
    text.push_str("}\n");
    for (name, function) in [("evaluate", "forward"), ("differentiate", "derivative")] {
        let _ = write!(
            text,
            "\nfn {name}(x: f32) -> f32 {{\n    let number = select(x, 0.0, is_nan(x));\n    \
             return select({function}({arguments}), x, is_nan(x));\n}}\n"
        );
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_and_the_host_agree_on_the_block() {
        let kernel = include_str!("../../shaders/kernels/elementwise.wgsl");
        assert!(kernel.contains(&format!("const WORKGROUP: u32 = {}u;", Shader::WORKGROUP)));
        assert!(kernel.contains(&format!("const STEPS: u32 = {}u;", Shader::STEPS)));
    }
}
