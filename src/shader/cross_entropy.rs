use super::ShaderError;
use super::compose::Access;
use super::library::required;
use super::operation::Operand;
use super::rows::{Stage, Team};
use super::storage::{Slot, conversions, element_templates};
use crate::activation::Reduction;
use crate::dtype::Dtype;
use crate::tensor::ClassType;

/// What a kernel does on the way from logits to a loss, or back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum LossStage {
    /// From logits to what is saved of each row.
    Record {
        team: Team,
        stage: Stage,
        classes: ClassType,
        is_smooth: bool,
    },
    /// The totals of blocks of rows.
    Totals,
    /// One total, and the loss.
    Finish(Reduction),
    /// Each row's loss.
    Each,
    /// The gradient of a mean, for one row.
    Weight,
    /// The gradients of the logits.
    Gradient { team: Team, is_in_place: bool },
}

/// A compute shader of softmax with cross-entropy, described.
#[derive(Clone, Debug)]
pub(crate) struct LossShader {
    pub(crate) stage: LossStage,
    /// The types of the operands' elements; whatever for those that are words.
    pub(crate) dtypes: Vec<Dtype>,
    pub(crate) access: Access,
}

const SUMMARIES: Operand = Operand::written("summaries");
const TARGETS: Operand = Operand::read("targets");
const RECORDS: Operand = Operand::read("saved");
const NEW_RECORDS: Operand = Operand::written("saved");
const LOGITS: Operand = Operand::read("logits");
const LOSSES: Operand = Operand::written("losses");
const GRAD_OUTPUT: Operand = Operand::read("grad_output");
const WEIGHT: Operand = Operand::written("weight");

/// The tensors of the forward pass.
pub(crate) const LOSS_FORWARD: &[Operand] = &[LOGITS, TARGETS, LOSSES, NEW_RECORDS];
/// Those of the backward pass.
pub(crate) const LOSS_BACKWARD: &[Operand] = &[
    LOGITS,
    RECORDS,
    GRAD_OUTPUT,
    Operand::written("grad_logits"),
];
/// Those of the backward pass in place.
pub(crate) const LOSS_BACKWARD_IN_PLACE: &[Operand] =
    &[RECORDS, GRAD_OUTPUT, Operand::written("logits")];

impl LossStage {
    /// The tensors that it takes, in the order of their bindings.
    pub(crate) const fn operands(self) -> &'static [Operand] {
        match self {
            Self::Record {
                stage: Stage::Whole,
                ..
            } => &[LOGITS, TARGETS, NEW_RECORDS],
            Self::Record { .. } => &[LOGITS, TARGETS, NEW_RECORDS, SUMMARIES],
            Self::Totals => &[RECORDS, SUMMARIES],
            Self::Finish(Reduction::None) => &[SUMMARIES, NEW_RECORDS],
            Self::Finish(_) => &[SUMMARIES, NEW_RECORDS, LOSSES],
            Self::Each => &[RECORDS, LOSSES],
            Self::Weight => &[RECORDS, GRAD_OUTPUT, WEIGHT],
            Self::Gradient {
                is_in_place: false, ..
            } => LOSS_BACKWARD,
            Self::Gradient { .. } => LOSS_BACKWARD_IN_PLACE,
        }
    }

    fn constants(self) -> String {
        match self {
            Self::Record {
                team,
                classes,
                is_smooth,
                ..
            } => {
                let (words, is_signed) = (classes.size() / 4, classes == ClassType::I32);
                format!(
                    "{}const SMOOTH: bool = {is_smooth};\nconst TARGET_WORDS: u32 = {words}u;\n\
                     const TARGET_SIGNED: bool = {is_signed};\n",
                    team.constants()
                )
            }
            Self::Gradient { team, .. } => team.constants(),
            _ => String::new(),
        }
    }

    fn kernel(self) -> Vec<&'static str> {
        match self {
            Self::Record { team, stage, .. } => {
                let mut parts = vec![KEYS, TEAM, NO_MASK, EXPONENTIAL, SUMMARY];
                parts.extend(match stage {
                    Stage::Whole => &[RECORD, WHOLE_STAGE][..],
                    Stage::Summarise => &[PACKED, SUMMARISE_STAGE],
                    Stage::Finish => &[PACKED, PARTS, RECORD, FINISH_STAGE],
                });
                parts.push(team.wgsl());
                parts
            }
            Self::Totals => vec![
                TOTAL,
                include_str!("../../shaders/kernels/loss/totals.wgsl"),
            ],
            Self::Finish(reduction) => {
                let reduce = match reduction {
                    Reduction::None => {
                        include_str!("../../shaders/kernels/loss/reductions/none.wgsl")
                    }
                    Reduction::Mean => {
                        include_str!("../../shaders/kernels/loss/reductions/mean.wgsl")
                    }
                    Reduction::Sum => {
                        include_str!("../../shaders/kernels/loss/reductions/sum.wgsl")
                    }
                };
                vec![
                    TOTAL,
                    reduce,
                    include_str!("../../shaders/kernels/loss/finish.wgsl"),
                ]
            }
            Self::Each => vec![include_str!("../../shaders/kernels/loss/each.wgsl")],
            Self::Weight => vec![include_str!("../../shaders/kernels/loss/weight.wgsl")],
            Self::Gradient { .. } => vec![
                KEYS,
                TEAM,
                NO_MASK,
                EXPONENTIAL,
                include_str!("../../shaders/kernels/loss/gradient.wgsl"),
                include_str!("../../shaders/kernels/rows/teams/memory.wgsl"),
            ],
        }
    }
}

impl LossShader {
    /// Whose loss it is.
    pub(crate) const NAME: &'static str = "cross_entropy";
    /// The rows that one workgroup totals; stands in `totals.wgsl` too.
    pub(crate) const TOTALLED: u32 = 256 * 64;
    /// The invocations of a workgroup, each with a row; stands in `each.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 256;

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let kernel = self.stage.kernel();
        let written = self
            .stage
            .operands()
            .last()
            .map_or("", |operand| operand.name);
        let mut text = self.stage.constants();
        text.push_str(&required(Self::NAME, &kernel)?.concat());
        text.push_str(include_str!("../../shaders/kernels/loss/settings.wgsl"));
        text.push_str(&conversions(&self.dtypes));
        for slot in Slot::all(self.stage.operands(), &self.dtypes, self.access) {
            let templates = templates(&slot);
            text.extend(templates.iter().map(|template| slot.fill(template)));
        }
        text.push_str(include_str!("../../shaders/kernels/loss/saved.wgsl"));
        for part in kernel {
            text.push_str(&part.replace("GRAD_LOGITS", written));
            text.push('\n');
        }
        Ok(text)
    }
}

/// How an operand is bound, loaded from and stored to.
fn templates(slot: &Slot<'_>) -> &'static [&'static str] {
    match (slot.operand.name, slot.operand.is_written) {
        ("summaries", _) => &[include_str!("../../shaders/kernels/rows/summaries.wgsl")],
        ("saved" | "targets", false) => &[WORDS],
        ("saved" | "targets", true) => &[WORDS, STORED_WORDS],
        _ => element_templates(slot),
    }
}

const KEYS: &str = include_str!("../../shaders/kernels/rows/keys.wgsl");
const TEAM: &str = include_str!("../../shaders/kernels/rows/team.wgsl");
const NO_MASK: &str = include_str!("../../shaders/kernels/rows/masks/none.wgsl");
const WHOLE_STAGE: &str = include_str!("../../shaders/kernels/rows/stages/whole.wgsl");
const SUMMARISE_STAGE: &str = include_str!("../../shaders/kernels/rows/stages/summarise.wgsl");
const FINISH_STAGE: &str = include_str!("../../shaders/kernels/rows/stages/finish.wgsl");
const EXPONENTIAL: &str = include_str!("../../shaders/kernels/loss/exponential.wgsl");
const SUMMARY: &str = include_str!("../../shaders/kernels/loss/summary.wgsl");
const PACKED: &str = include_str!("../../shaders/kernels/loss/packed.wgsl");
const PARTS: &str = include_str!("../../shaders/kernels/loss/parts.wgsl");
const RECORD: &str = include_str!("../../shaders/kernels/loss/record.wgsl");
const TOTAL: &str = include_str!("../../shaders/kernels/loss/total.wgsl");
const WORDS: &str = include_str!("../../shaders/kernels/loss/words.wgsl");
const STORED_WORDS: &str = include_str!("../../shaders/kernels/loss/stored_words.wgsl");
