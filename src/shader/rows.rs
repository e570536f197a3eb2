use super::ShaderError;
use super::compose::Access;
use super::library::required;
use super::operation::{Operand, Operation};
use super::storage::{Slot, conversions, element_templates};
use crate::activation::RowFunction;
use crate::dtype::Dtype;

/// How rows are shared out among invocations.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Team {
    /// Invocations that take a row together: a power of two, a workgroup's at most.
    pub(crate) threads: u32,
    /// Elements that one invocation keeps at a time.
    pub(crate) steps: u32,
    /// Whether these are all that it has of its row.
    pub(crate) is_single_block: bool,
    /// Whether neighbours in memory belong to different rows.
    pub(crate) is_interleaved: bool,
    /// Whether they meet in subgroups, which the device must have.
    pub(crate) has_subgroups: bool,
}

impl Team {
    /// What its kernels are told of it.
    pub(super) fn constants(self) -> String {
        let Self {
            threads,
            steps,
            is_single_block,
            is_interleaved,
            has_subgroups: _,
        } = self;
        format!(
            "const THREADS: u32 = {threads}u;\nconst STEPS: u32 = {steps}u;\n\
             const SINGLE_BLOCK: bool = {is_single_block};\n\
             const INTERLEAVED: bool = {is_interleaved};\n"
        )
    }

    /// Where its members meet, and the entry point.
    pub(super) const fn wgsl(self) -> &'static str {
        if self.has_subgroups {
            include_str!("../../shaders/kernels/rows/teams/subgroups.wgsl")
        } else {
            include_str!("../../shaders/kernels/rows/teams/memory.wgsl")
        }
    }
}

/// What a kernel does to the rows, or to the parts, that its teams have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Stage {
    /// Everything, to whole rows.
    Whole,
    /// Notes what is known of each part of a row.
    Summarise,
    /// The results of each part, with what is known of all parts of its row.
    Finish,
}

/// What decides which elements have a part in their row.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum MaskKind {
    /// Nothing: all have one.
    None,
    /// A tensor that is added to them.
    Additive,
    /// A tensor of truth values.
    Boolean,
    /// Where they lie.
    Causal,
}

/// A compute shader over rows, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct RowShader<'a> {
    /// What is made of each row.
    pub(crate) function: RowFunction,
    /// Which way.
    pub(crate) operation: Operation,
    /// What has a part in it; a mask that is a tensor is the last of the operands.
    pub(crate) mask: MaskKind,
    /// The types of the operands' elements in memory; truth values are bound as words of f32.
    pub(crate) dtypes: &'a [Dtype],
    /// How read tensors are bound.
    pub(crate) access: Access,
    /// Who takes which row.
    pub(crate) team: Team,
    /// What is done to it.
    pub(crate) stage: Stage,
}

/// The tensors that an operation over rows takes: backward ones begin with what came out, not with what
/// went in.
pub(crate) const fn row_operands(operation: Operation) -> &'static [Operand] {
    const OUTPUT: Operand = Operand::read("output");
    const GRAD_OUTPUT: Operand = Operand::read("grad_output");
    const GRAD_INPUT: Operand = Operand::written("grad_input");
    const GRAD: Operand = Operand::written("grad");
    match operation {
        Operation::Forward | Operation::ForwardInPlace => operation.operands(),
        Operation::Backward | Operation::BackwardAccumulate => &[OUTPUT, GRAD_OUTPUT, GRAD_INPUT],
        Operation::BackwardInPlace => &[OUTPUT, GRAD],
    }
}

impl RowShader<'_> {
    /// The invocations of one workgroup; stands in `rows/team.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 256;

    /// All tensors that it takes.
    pub(crate) fn operands(&self) -> Vec<Operand> {
        let mut operands = row_operands(self.operation).to_vec();
        if matches!(self.mask, MaskKind::Additive | MaskKind::Boolean) {
            operands.push(MASK);
        }
        operands
    }

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let function = self.function_wgsl();
        let kernel = self.kernel_wgsl();
        let mut text = self.team.constants();
        let team = include_str!("../../shaders/kernels/rows/team.wgsl");
        let mut parts = vec![team, function, kernel.as_str()];
        parts.extend(self.stage_wgsl());
        parts.extend(self.mask_wgsl());
        parts.push(self.team.wgsl());
        text.push_str(&required(self.function.name(), &parts)?.concat());
        text.push_str(include_str!("../../shaders/kernels/rows/settings.wgsl"));
        text.push_str(&self.storage());
        text.push_str(include_str!("../../shaders/kernels/rows/keys.wgsl"));
        for part in parts {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }

    fn function_wgsl(&self) -> &'static str {
        match (self.function, self.is_backward()) {
            (RowFunction::Softmax | RowFunction::Softmin, false) => {
                include_str!("../../shaders/kernels/rows/functions/softmax_forward.wgsl")
            }
            (RowFunction::Softmax | RowFunction::Softmin, true) => {
                include_str!("../../shaders/kernels/rows/functions/softmax_backward.wgsl")
            }
            (RowFunction::LogSoftmax, false) => {
                include_str!("../../shaders/kernels/rows/functions/log_softmax_forward.wgsl")
            }
            (RowFunction::LogSoftmax, true) => {
                include_str!("../../shaders/kernels/rows/functions/log_softmax_backward.wgsl")
            }
        }
    }

    fn stage_wgsl(&self) -> Vec<&'static str> {
        match self.stage {
            Stage::Whole => vec![include_str!("../../shaders/kernels/rows/stages/whole.wgsl")],
            Stage::Summarise => {
                vec![include_str!(
                    "../../shaders/kernels/rows/stages/summarise.wgsl"
                )]
            }
            Stage::Finish => vec![
                if self.is_backward() {
                    include_str!("../../shaders/kernels/rows/backward_parts.wgsl")
                } else {
                    include_str!("../../shaders/kernels/rows/forward_parts.wgsl")
                },
                include_str!("../../shaders/kernels/rows/stages/finish.wgsl"),
            ],
        }
    }

    fn mask_wgsl(&self) -> Vec<&'static str> {
        match self.mask {
            MaskKind::None => vec![include_str!("../../shaders/kernels/rows/masks/none.wgsl")],
            MaskKind::Additive | MaskKind::Boolean => vec![MASK_PLACE],
            MaskKind::Causal => vec![
                MASK_PLACE,
                include_str!("../../shaders/kernels/rows/masks/causal.wgsl"),
            ],
        }
    }

    fn is_backward(&self) -> bool {
        !matches!(
            self.operation,
            Operation::Forward | Operation::ForwardInPlace
        )
    }

    /// The kernel, for the operands' names.
    fn kernel_wgsl(&self) -> String {
        let operands = row_operands(self.operation);
        let name = |operand: Option<&Operand>| operand.map_or("", |operand| operand.name);
        let written = name(operands.last());
        if self.is_backward() {
            include_str!("../../shaders/kernels/rows/backward.wgsl")
                .replace("GRAD_OUTPUT", name(operands.get(1)))
                .replace("GRAD_INPUT", written)
        } else {
            let numbers = match self.mask {
                MaskKind::Additive => include_str!("../../shaders/kernels/rows/numbers/pair.wgsl"),
                _ => include_str!("../../shaders/kernels/rows/numbers/single.wgsl"),
            };
            let forward = include_str!("../../shaders/kernels/rows/forward.wgsl");
            [numbers, forward]
                .join("\n")
                .replace("INPUT", name(operands.first()))
                .replace("OUTPUT", written)
        }
    }

    fn storage(&self) -> String {
        let mut text = conversions(self.dtypes);
        let operands = self.operands();
        for slot in Slot::all(&operands, self.dtypes, self.access) {
            let templates = match *slot.operand == MASK && self.mask == MaskKind::Boolean {
                true => &[BOOLEAN],
                false => element_templates(&slot),
            };
            text.extend(templates.iter().map(|template| slot.fill(template)));
        }
        if self.stage != Stage::Whole {
            let slot = 1 + self.dtypes.len();
            text.push_str(&SUMMARIES.replace("SLOT", &slot.to_string()));
        }
        text
    }
}

const MASK: Operand = Operand::read("mask");
const MASK_PLACE: &str = include_str!("../../shaders/kernels/rows/masks/place.wgsl");
const BOOLEAN: &str = include_str!("../../shaders/kernels/rows/masks/boolean.wgsl");
const SUMMARIES: &str = include_str!("../../shaders/kernels/rows/summaries.wgsl");
