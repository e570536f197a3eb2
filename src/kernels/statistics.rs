//! The statistics of a tensor and of what an activation makes of it, channel by channel.

mod plan;

use bytemuck::{Pod, Zeroable};

use super::kernel::{Kernel, Key};
use super::plan::{Binding, fold, window};
use super::prepared::{Part, Prepared, access, check_overlaps, dtypes, placement};
use super::rows::scratch;
use super::{KernelError, Kernels};
use crate::activation::{Activation, Identity, MAX_PARAMETERS};
use crate::dtype::Dtype;
use crate::shader::{Access, STATISTICS, ShaderError, StatisticsShader, StatisticsStage};
use crate::tensor::{Rows, TensorView};
use plan::{Block, Teams, blocks};

impl Kernels {
    /// Prepares the statistics of an activation's input, of its output and of |f′|: a record for each
    /// channel, which [`Statistics::from_words`](crate::Statistics::from_words) reads.
    ///
    /// The channels lie along the axis that `channels` names. `records` is f32 and has
    /// [`Statistics::WORDS`](crate::Statistics::WORDS) words for each. An element is saturated where |f′|
    /// is below `threshold`. Every element is read once, and the same tensor gives the same bits every
    /// time on one adapter.
    pub fn statistics(
        &self,
        activation: &Activation,
        threshold: f32,
        channels: &Rows,
        input: &TensorView,
        records: &TensorView,
    ) -> Result<Prepared, KernelError> {
        if input.len() != channels.elements() {
            return Err(KernelError::Shape {
                name: "input",
                len: input.len(),
                rows: channels.count(),
                row: channels.len(),
            });
        }
        let task = Task {
            kernels: self,
            activation,
            threshold,
            channels,
            input,
            start: 0,
            records,
            is_continued: false,
        };
        task.prepare()
    }

    /// Prepares the same of a range of elements that begins at `start`, for records that hold earlier ones
    /// or are all zeros.
    #[cfg(feature = "offload")]
    pub(crate) fn continue_statistics(
        &self,
        (activation, threshold): (&Activation, f32),
        channels: &Rows,
        (start, input): (u64, &TensorView),
        records: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task {
            kernels: self,
            activation,
            threshold,
            channels,
            input,
            start,
            records,
            is_continued: true,
        };
        task.prepare()
    }
}

/// What holds whatever the tensors are.
impl Kernels {
    /// Whether there can be such a threshold and so many channels.
    pub(crate) fn check_statistics(
        &self,
        threshold: f32,
        channels: u64,
    ) -> Result<(), KernelError> {
        if !threshold.is_normal() || threshold < 0.0 {
            return Err(KernelError::Threshold { threshold });
        }
        let limit = self.most_records();
        if channels > limit {
            return Err(KernelError::TooMany {
                what: "channels",
                count: channels,
                limit,
            });
        }
        Ok(())
    }

    /// The records that one binding holds.
    fn most_records(&self) -> u64 {
        let limits = &self.pipelines.limits;
        limits.elements_per_binding(StatisticsShader::RECORD * WORD)
    }
}

/// The statistics of a range of a tensor's elements.
struct Task<'a> {
    kernels: &'a Kernels,
    activation: &'a Activation,
    threshold: f32,
    channels: &'a Rows,
    input: &'a TensorView,
    /// Where the input begins among the channels' elements.
    start: u64,
    records: &'a TensorView,
    /// Whether the records count whatever is taken.
    is_continued: bool,
}

/// One dispatch.
struct Step<'a> {
    stage: StatisticsStage<'a>,
    settings: Settings,
    tensors: [&'a TensorView; 2],
    bindings: Vec<Binding>,
    grid: (u32, u32),
}

const WORD: u64 = 4;

impl<'a> Task<'a> {
    fn prepare(&self) -> Result<Prepared, KernelError> {
        self.check()?;
        let Kernels { device, pipelines } = self.kernels;
        let blocks: Vec<_> = self.blocks().collect();
        let planned = blocks
            .iter()
            .map(|block| (block, block.teams(self.kernels.most_records())));
        let planned: Vec<_> = planned.collect();
        let records = planned
            .iter()
            .map(|(block, teams)| block.count() * u64::from(teams.parts))
            .max();
        let size = records.unwrap_or(1) * StatisticsShader::RECORD * WORD;
        let parts = scratch(device, size)?;
        let mut steps = Vec::new();
        for (block, teams) in planned {
            steps.push(self.summarise(block, teams, &parts));
            steps.push(self.merge(block, teams, &parts));
        }
        if self.input.is_empty() && !self.is_continued {
            steps.push(self.clear(&parts));
        }
        let steps: Vec<_> = steps.iter().map(Step::part).collect();
        let prepared = Prepared::assemble(device, pipelines, self.activation.name(), &steps)?;
        Ok(prepared.with_parameters(self.activation.key(), Settings::PARAMETERS))
    }

    fn check(&self) -> Result<(), KernelError> {
        let channels = self.channels.len();
        self.kernels.check_statistics(self.threshold, channels)?;
        let each = self.channels.count();
        if !self.is_continued && each > u32::MAX.into() {
            return Err(KernelError::TooMany {
                what: "elements in each channel",
                count: each,
                limit: u32::MAX.into(),
            });
        }
        if self.records.dtype() != Dtype::F32 {
            return Err(KernelError::WrongDtype {
                name: "records",
                dtype: self.records.dtype(),
                needed: Dtype::F32,
            });
        }
        let needed = channels * StatisticsShader::RECORD;
        if self.records.len() != needed {
            return Err(KernelError::Length {
                name: "records",
                len: self.records.len(),
                needed,
            });
        }
        check_overlaps(STATISTICS, &[self.input, self.records])
    }

    /// All elements in blocks that a binding holds.
    fn blocks(&self) -> impl Iterator<Item = Block> + use<'a> {
        let limits = &self.kernels.pipelines.limits;
        let limit = limits
            .elements_per_binding(self.input.dtype().size())
            .max(1);
        let (channels, start) = (self.channels, self.start);
        let end = start + self.input.len();
        let starts = (start..end).step_by(limit as usize);
        starts.flat_map(move |start| blocks(channels, start..end.min(start + limit)))
    }

    /// From a block's elements to the moments of each channel's parts.
    fn summarise(&self, block: &Block, teams: Teams, parts: &'a TensorView) -> Step<'a> {
        let limits = &self.kernels.pipelines.limits;
        let start = block.start - self.start;
        let elements = start..start + block.elements();
        Step {
            stage: StatisticsStage::Summarise(self.activation),
            settings: self.settings(block, teams),
            tensors: [self.input, parts],
            bindings: vec![
                window(limits, &placement(self.input), elements),
                whole(parts),
            ],
            grid: fold(limits, teams.groups(block.count())),
        }
    }

    /// From these to the channels' records.
    fn merge(&self, block: &Block, teams: Teams, parts: &'a TensorView) -> Step<'a> {
        let settings = Settings {
            threads: teams.merging(),
            ..self.settings(block, teams)
        };
        self.merge_with(settings, parts)
    }

    /// Records of nothing.
    fn clear(&self, parts: &'a TensorView) -> Step<'a> {
        let settings = Settings {
            channels: self.channels.len() as u32,
            threads: 1,
            ..Settings::zeroed()
        };
        self.merge_with(settings, parts)
    }

    fn merge_with(&self, settings: Settings, parts: &'a TensorView) -> Step<'a> {
        let limits = &self.kernels.pipelines.limits;
        let all = 0..self.records.len();
        let teams = StatisticsShader::WORKGROUP / settings.threads;
        Step {
            stage: StatisticsStage::Merge,
            tensors: [parts, self.records],
            bindings: vec![whole(parts), window(limits, &placement(self.records), all)],
            grid: fold(limits, (settings.channels * 3).div_ceil(teams)),
            settings,
        }
    }

    fn settings(&self, block: &Block, teams: Teams) -> Settings {
        Settings {
            channels: block.count() as u32,
            elements: block.each() as u32,
            inner: block.inner as u32,
            parts: teams.parts,
            part_len: teams.part_len,
            threads: teams.threads,
            threshold: self.threshold,
            first_channel: block.channels.start as u32,
            has_earlier: u32::from(self.is_continued || !block.is_first),
            parameters: self.activation.members(),
            ..Settings::zeroed()
        }
    }
}

impl Step<'_> {
    fn part(&self) -> Part<'_> {
        let mut settings = self.settings;
        settings.groups_per_row = self.grid.0;
        for (first, binding) in settings.first.iter_mut().zip(&self.bindings) {
            *first = binding.first;
        }
        Part {
            kernel: Box::new(StatisticsShader {
                stage: self.stage,
                dtypes: dtypes(&self.tensors),
                access: access(&self.tensors),
            }),
            settings: bytemuck::bytes_of(&settings).to_vec(),
            tensors: &self.tensors,
            bindings: &self.bindings,
            grid: self.grid,
        }
    }
}

/// All of a tensor of the library's own.
fn whole(tensor: &TensorView) -> Binding {
    Binding {
        bytes: tensor.byte_range(),
        first: 0,
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct StatisticsKey {
    /// Of what summarises elements.
    activation: Option<Identity>,
    dtypes: Vec<Dtype>,
    access: Access,
}

impl Kernel for StatisticsShader<'_> {
    fn key(&self) -> Key {
        Key::Statistics(StatisticsKey {
            activation: match self.stage {
                StatisticsStage::Summarise(activation) => Some(activation.key()),
                StatisticsStage::Merge => None,
            },
            dtypes: self.dtypes.clone(),
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        StatisticsShader::wgsl(self)
    }

    fn name(&self) -> &str {
        match self.stage {
            StatisticsStage::Summarise(activation) => activation.name(),
            StatisticsStage::Merge => "statistics",
        }
    }

    fn label(&self) -> String {
        match self.stage {
            StatisticsStage::Summarise(activation) => format!("{} statistics", activation.name()),
            StatisticsStage::Merge => "merged statistics".to_owned(),
        }
    }

    fn bindings(&self) -> Vec<bool> {
        self.access.bindings(self.operands())
    }

    fn is_trusted(&self) -> bool {
        match self.stage {
            StatisticsStage::Summarise(activation) => activation.is_trusted(),
            StatisticsStage::Merge => true,
        }
    }
}

/// `struct Settings` of `statistics/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    channels: u32,
    elements: u32,
    inner: u32,
    groups_per_row: u32,
    parts: u32,
    part_len: u32,
    threads: u32,
    threshold: f32,
    first_channel: u32,
    has_earlier: u32,
    padding: [u32; 2],
    first: [u32; 4],
    parameters: [f32; MAX_PARAMETERS],
}

impl Settings {
    const PARAMETERS: u64 = std::mem::offset_of!(Self, parameters) as u64;
}
