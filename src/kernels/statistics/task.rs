//! The dispatches that take the statistics of a tensor.

use bytemuck::{Pod, Zeroable};

use super::WORD;
use super::plan::{Block, Teams, blocks};
use crate::activation::{Activation, MAX_PARAMETERS};
use crate::dtype::Dtype;
use crate::kernels::assemble::Part;
use crate::kernels::checks::{access, check_overlaps, dtypes, placement};
use crate::kernels::plan::{Binding, fold, window};
use crate::kernels::prepared::Prepared;
use crate::kernels::scratch::scratch_bytes;
use crate::kernels::{KernelError, Kernels};
use crate::shader::{STATISTICS, StatisticsShader, StatisticsStage};
use crate::tensor::{Rows, TensorView};

/// The statistics of a range of a tensor's elements.
pub(super) struct Task<'a> {
    pub(super) kernels: &'a Kernels,
    pub(super) activation: &'a Activation,
    pub(super) threshold: f32,
    pub(super) channels: &'a Rows,
    pub(super) input: &'a TensorView,
    /// Where the input begins among the channels' elements.
    pub(super) start: u64,
    pub(super) records: &'a TensorView,
    /// Whether the records count whatever is taken.
    pub(super) is_continued: bool,
}

/// One dispatch.
struct Step<'a> {
    stage: StatisticsStage<'a>,
    settings: Settings,
    tensors: [&'a TensorView; 2],
    bindings: Vec<Binding>,
    grid: (u32, u32),
}

impl<'a> Task<'a> {
    pub(super) fn prepare(&self) -> Result<Prepared, KernelError> {
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
        let parts = scratch_bytes(device, size)?;
        let mut steps = Vec::new();
        for (block, teams) in planned {
            steps.push(self.summarise(block, teams, &parts));
            steps.push(self.merge(block, teams, &parts));
        }
        if self.input.is_empty() && !self.records.is_empty() && !self.is_continued {
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
            images: &[],
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
