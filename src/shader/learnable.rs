use std::fmt::Write as _;

use super::ShaderError;
use super::compose::{Access, Lanes, Passing, WALK, functions, glue, parameters_struct};
use super::library::required;
use super::operation::{Operand, Operation};
use super::storage::{one_by_one, storage};
use crate::activation::Activation;
use crate::dtype::Dtype;

/// Some of an activation's hyper-parameters: a bit for each, in their order.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub(crate) struct ParameterSet(u32);

impl ParameterSet {
    /// The same set with one more.
    pub(crate) fn with(self, index: usize) -> Self {
        Self(self.0 | 1 << index)
    }

    pub(crate) fn contains(self, index: usize) -> bool {
        self.0 >> index & 1 == 1
    }

    /// How many there are.
    pub(crate) fn len(self) -> u32 {
        self.0.count_ones()
    }
}

/// The name of the function that tells how an activation changes with a hyper-parameter.
pub(crate) fn derivative_by(parameter: &str) -> String {
    format!("derivative_by_{parameter}")
}

/// An activation on elements whose hyper-parameters go by their channel, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct LearnableShader<'a> {
    pub(crate) activation: &'a Activation,
    pub(crate) operation: Operation,
    /// The types of the operands' elements in memory.
    pub(crate) dtypes: &'a [Dtype],
    pub(crate) lanes: Lanes,
    pub(crate) access: Access,
    /// The hyper-parameters that are tensors.
    pub(crate) tensors: ParameterSet,
    pub(crate) neighbours: Neighbours,
}

/// Which elements are known to be of the same channel.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Neighbours {
    /// All of the range.
    All,
    /// Those of each vector.
    Vector,
    /// None.
    None,
}

/// The sums over channels that the gradients of hyper-parameters are, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct SumShader<'a> {
    pub(crate) activation: &'a Activation,
    /// Of input and grad_output.
    pub(crate) dtypes: &'a [Dtype],
    pub(crate) tensors: ParameterSet,
    /// The hyper-parameters whose gradients are wanted.
    pub(crate) gradients: ParameterSet,
    pub(crate) team: SumTeam,
}

/// How many invocations share a sum, and where they are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct SumTeam {
    /// A power of two, a workgroup's at most.
    pub(crate) threads: u32,
    /// Whether neighbours in memory belong to different sums.
    pub(crate) is_interleaved: bool,
}

/// Copies a hyper-parameter's tensor of this type into the table of them.
#[derive(Clone, Copy, Debug)]
pub(crate) struct GatherShader {
    pub(crate) dtype: Dtype,
}

/// Adds up sums.
#[derive(Clone, Copy, Debug)]
pub(crate) struct TotalShader {
    pub(crate) into: Total,
    pub(crate) team: SumTeam,
}

/// What becomes of sums that were added up.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Total {
    /// Elements of a tensor.
    Gradient(Dtype),
    /// Sums again.
    Kept,
    /// They are added to sums of earlier elements.
    Added,
}

/// The invocations of one workgroup; stands in the WGSL files too.
pub(crate) const SUM_WORKGROUP: u32 = 256;

/// What the gradients of hyper-parameters are made of.
pub(crate) const SUM_OPERANDS: &[Operand] = &[Operand::read("input"), Operand::read("grad_output")];

impl LearnableShader<'_> {
    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let result = self.dtypes.last().copied().unwrap_or(Dtype::F32);
        let operands = self.operation.operands();
        let mut text = functions(&[], self.activation, result)?;
        text.push_str(&glue(self.activation, result, Passing::Argument));
        text.push_str(&parameters_of(self.activation, self.tensors));
        let _ = writeln!(
            text,
            "const ONE_CHANNEL: bool = {};\nconst VECTORS_IN_CHANNELS: bool = {};",
            self.neighbours == Neighbours::All,
            self.neighbours != Neighbours::None
        );
        for part in [
            include_str!("../../shaders/kernels/learnable/channels.wgsl"),
            self.lanes_wgsl(),
            &storage(operands, self.dtypes, self.lanes, self.access),
            &table(1 + self.dtypes.len(), "read"),
            &self.operation_wgsl(),
            // Beside what all kernels on elements are told, this one has to know of channels.
            &include_str!("../../shaders/kernels/elementwise.wgsl").replace(
                "    parameters: Parameters,\n",
                "    values: array<vec4<f32>, 2>,\n    channels: Channels,\n",
            ),
            WALK,
        ] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }

    fn lanes_wgsl(&self) -> &'static str {
        match self.lanes {
            Lanes::One => include_str!("../../shaders/kernels/learnable/lanes_1.wgsl"),
            Lanes::Four => include_str!("../../shaders/kernels/learnable/lanes_4.wgsl"),
        }
    }

    /// The operation, for the operands' names.
    fn operation_wgsl(&self) -> String {
        let name = |index: usize| {
            let operand = self.operation.operands().get(index);
            operand.map_or("", |operand| operand.name)
        };
        match self.operation {
            Operation::Forward | Operation::ForwardInPlace => {
                include_str!("../../shaders/kernels/learnable/forward.wgsl")
                    .replace("INPUT", name(0))
            }
            Operation::Backward | Operation::BackwardInPlace | Operation::BackwardAccumulate => {
                include_str!("../../shaders/kernels/learnable/backward.wgsl")
                    .replace("GRAD_OUTPUT", name(1))
                    .replace("INPUT", name(0))
            }
        }
    }
}

impl SumShader<'_> {
    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let kernel = include_str!("../../shaders/kernels/learnable/sum.wgsl");
        // The modules are the library's own affair: a caller's WGSL gets those of the sums only.
        let own = match self.activation.is_trusted() {
            true => self.activation.source_wgsl(),
            false => "",
        };
        let mut text = required(self.activation.name(), &[own, SUMS])?.concat();
        let _ = writeln!(text, "const GRADIENTS: u32 = {}u;", self.gradients.len());
        for part in [
            self.activation.source_wgsl(),
            &parameters_struct(self.activation),
            &parameters_of(self.activation, self.tensors),
            &self.slopes(),
            &self.team.constants(),
            SUMS,
            &one_by_one(SUM_OPERANDS, self.dtypes, Access::Separate),
            &table(1 + self.dtypes.len(), "read"),
            &scratch("sums", 2 + self.dtypes.len(), "read_write"),
            kernel,
        ] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }

    /// `slopes_of`: how the activation changes with each hyper-parameter whose gradient is wanted.
    fn slopes(&self) -> String {
        let parameters = self.activation.parameters().iter().enumerate();
        let wanted = parameters.filter(|(index, _)| self.gradients.contains(*index));
        let calls: Vec<_> = wanted
            .map(|(_, parameter)| format!("{}(x, p)", derivative_by(parameter.name)))
            .collect();
        format!(
            "\nfn slopes_of(x: f32, p: Parameters) -> array<f32, GRADIENTS> {{\n    \
             return array<f32, GRADIENTS>({});\n}}\n",
            calls.join(", ")
        )
    }
}

impl GatherShader {
    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> String {
        let mut text = "alias Lanes = f32;\n".to_owned();
        let operands = [Operand::read("parameter")];
        text.push_str(&one_by_one(&operands, &[self.dtype], Access::Separate));
        text.push_str(&table(2, "read_write"));
        text.push_str(include_str!("../../shaders/kernels/learnable/gather.wgsl"));
        text
    }
}

impl TotalShader {
    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let mut text = required("sums", &[SUMS])?.concat();
        text.push_str(&self.team.constants());
        text.push_str(SUMS);
        let (target, finish) = match self.into {
            Total::Gradient(dtype) => (
                one_by_one(&[Operand::written("gradient")], &[dtype], Access::Separate),
                include_str!("../../shaders/kernels/learnable/store.wgsl"),
            ),
            Total::Kept => (
                scratch("kept", 1, "read_write"),
                include_str!("../../shaders/kernels/learnable/keep.wgsl"),
            ),
            Total::Added => (
                scratch("kept", 1, "read_write"),
                include_str!("../../shaders/kernels/learnable/add.wgsl"),
            ),
        };
        text.push_str(&target);
        text.push_str(finish);
        text.push_str(&scratch("sums", 2, "read"));
        text.push_str(include_str!("../../shaders/kernels/learnable/total.wgsl"));
        Ok(text)
    }
}

impl SumTeam {
    fn constants(self) -> String {
        let Self {
            threads,
            is_interleaved,
        } = self;
        format!("const THREADS: u32 = {threads}u;\nconst INTERLEAVED: bool = {is_interleaved};\n")
    }
}

const SUMS: &str = include_str!("../../shaders/kernels/learnable/sums.wgsl");

/// The table of the hyper-parameters that are tensors, at a binding.
fn table(slot: usize, access: &str) -> String {
    include_str!("../../shaders/kernels/learnable/table.wgsl")
        .replace("SLOT", &slot.to_string())
        .replace("ACCESS", access)
}

/// Sums, at a binding.
fn scratch(name: &str, slot: usize, access: &str) -> String {
    include_str!("../../shaders/kernels/learnable/scratch.wgsl")
        .replace("NAME", name)
        .replace("SLOT", &slot.to_string())
        .replace("ACCESS", access)
}

/// `parameters_of`: the hyper-parameters of a channel, from the table or from the settings; and
/// `nan_of`: x, or one of them that is NaN.
fn parameters_of(activation: &Activation, tensors: ParameterSet) -> String {
    let (mut values, mut marks) = (Vec::new(), String::new());
    let mut column = 0;
    for (index, parameter) in activation.parameters().iter().enumerate() {
        if tensors.contains(index) {
            values.push(format!("table[row + {column}u]"));
            // Writing to a String cannot fail.
            let _ = writeln!(
                marks,
                "    y = select(y, p.{0}, is_nan(p.{0}));",
                parameter.name
            );
            column += 1;
        } else {
            values.push(format!("settings.values[{}][{}]", index / 4, index % 4));
        }
    }
    // Nothing is derived from what only the device knows.
    values.resize(activation.member_count(), "0.0".to_owned());
    if values.is_empty() {
        values.push("0.0".to_owned());
    }
    format!(
        "\nfn parameters_of(channel: u32) -> Parameters {{\n    let row = channel * {column}u;\n    \
         return Parameters({});\n}}\n\n\
         fn nan_of(x: f32, p: Parameters) -> f32 {{\n    var y = x;\n{marks}    return y;\n}}\n",
        values.join(", ")
    )
}
