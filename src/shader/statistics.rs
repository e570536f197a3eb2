use super::ShaderError;
use super::compose::{Access, mathematics_with};
use super::library::required;
use super::operation::Operand;
use super::storage::{Slot, conversions};
use crate::activation::Activation;
use crate::dtype::Dtype;

/// What a kernel does on the way from a tensor to its statistics.
#[derive(Clone, Copy, Debug)]
pub(crate) enum StatisticsStage<'a> {
    /// From the elements of a block to the moments of each channel's parts.
    Summarise(&'a Activation),
    /// From these to each channel's record.
    Merge,
}

/// A compute shader of the statistics of a tensor, described.
#[derive(Clone, Debug)]
pub(crate) struct StatisticsShader<'a> {
    pub(crate) stage: StatisticsStage<'a>,
    /// The types of the operands' elements; whatever for those that are words.
    pub(crate) dtypes: Vec<Dtype>,
    pub(crate) access: Access,
}

/// The tensors that a caller gives.
pub(crate) const STATISTICS: &[Operand] = &[INPUT, RECORDS];

const INPUT: Operand = Operand::read("input");
const RECORDS: Operand = Operand::written("records");

impl StatisticsShader<'_> {
    /// The invocations of one workgroup; stands in `statistics/team.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 256;
    /// The 32-bit words of one channel's record.
    pub(crate) const RECORD: u64 = 36;

    /// The tensors that it takes, in the order of their bindings.
    pub(crate) const fn operands(&self) -> &'static [Operand] {
        const SUMMARISE: &[Operand] = &[INPUT, Operand::written("summaries")];
        const MERGE: &[Operand] = &[Operand::read("summaries"), RECORDS];
        match self.stage {
            StatisticsStage::Summarise(_) => SUMMARISE,
            StatisticsStage::Merge => MERGE,
        }
    }

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let (mut text, kernel) = match self.stage {
            StatisticsStage::Summarise(activation) => (
                mathematics_with(&[MOMENTS], activation, Dtype::F32)?,
                include_str!("../../shaders/kernels/statistics/summarise.wgsl"),
            ),
            StatisticsStage::Merge => (
                required("statistics", &[MOMENTS])?.concat(),
                include_str!("../../shaders/kernels/statistics/merge.wgsl"),
            ),
        };
        let settings = include_str!("../../shaders/kernels/statistics/settings.wgsl");
        let team = include_str!("../../shaders/kernels/statistics/team.wgsl");
        let storage = self.storage();
        for part in [MOMENTS, settings, team, &storage, kernel] {
            text.push_str(part);
            text.push('\n');
        }
        Ok(text)
    }

    fn storage(&self) -> String {
        let mut text = conversions(&self.dtypes);
        for slot in Slot::all(self.operands(), &self.dtypes, self.access) {
            let templates: &[&str] = match (slot.operand.name, slot.dtype) {
                ("summaries" | "records", _) if slot.operand.is_written => {
                    &[WORDS, MOMENTS_WORDS, STORED_WORDS, STORED_MOMENTS_WORDS]
                }
                ("summaries" | "records", _) => &[WORDS, MOMENTS_WORDS],
                (_, Dtype::F32) => &[include_str!("../../shaders/kernels/operands/whole.wgsl")],
                _ => &[include_str!("../../shaders/kernels/operands/half.wgsl")],
            };
            text.extend(templates.iter().map(|template| slot.fill(template)));
        }
        text
    }
}

const MOMENTS: &str = include_str!("../../shaders/kernels/statistics/moments.wgsl");
const WORDS: &str = include_str!("../../shaders/kernels/loss/words.wgsl");
const STORED_WORDS: &str = include_str!("../../shaders/kernels/loss/stored_words.wgsl");
const MOMENTS_WORDS: &str = include_str!("../../shaders/kernels/statistics/words.wgsl");
const STORED_MOMENTS_WORDS: &str =
    include_str!("../../shaders/kernels/statistics/stored_words.wgsl");
