//! Puts the dispatches of an operation together.

use bytemuck::Zeroable;

use super::Learnable;
use super::draft::{Draft, Settings, whole};
use super::plan::{Block, SUM_SIZE, SumPlan, VALUE_SIZE, blocks, element_steps, fold_runs};
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::checks::{access, dtypes, placement};
use crate::kernels::kernel::Kernel;
use crate::kernels::pipelines::Pipelines;
use crate::kernels::plan::{Binding, Limits, fold, window};
use crate::kernels::prepared::Prepared;
use crate::kernels::scratch::scratch_bytes;
use crate::shader::{
    GatherShader, LearnableShader, Operation, ParameterSet, SUM_OPERANDS, SUM_WORKGROUP, SumShader,
};
use crate::tensor::{Rows, TensorView};

/// An operation on checked tensors.
pub(super) struct Job<'a> {
    pub(super) learnable: &'a Learnable,
    pub(super) channels: Rows,
    /// What becomes of the elements, if anything.
    pub(super) operation: Option<Operation>,
    pub(super) tensors: &'a [&'a TensorView],
    /// By the indices of their hyper-parameters, in order.
    pub(super) gradients: &'a [(usize, &'a TensorView)],
    /// Whether these are sums that hold earlier elements, and so are added to.
    pub(super) is_continued: bool,
}

/// What is kept from one dispatch to the next.
pub(super) struct Scratch {
    /// The values of the parameters that are tensors, by channel.
    table: TensorView,
    /// The sums of a block's channels.
    pub(super) sums: TensorView,
    /// Of the gradients that belong to all channels, a few sums from each block.
    pub(super) kept: TensorView,
}

/// What the dispatches of an operation are made from.
pub(super) struct Drafting<'a> {
    pub(super) job: &'a Job<'a>,
    pub(super) limits: &'a Limits,
    dtypes: &'a [Dtype],
    pub(super) scratch: &'a Scratch,
    pub(super) blocks: &'a [(Block, SumPlan)],
    /// How many sums are kept of a block, for each gradient that belongs to all channels.
    pub(super) runs: u64,
    drafts: Vec<(Box<dyn Kernel + 'a>, Draft<'a>)>,
}

impl Job<'_> {
    pub(super) fn prepare(
        &self,
        device: &wgpu::Device,
        pipelines: &Pipelines,
    ) -> Result<Prepared, KernelError> {
        let limits = &pipelines.limits;
        let columns = self.learnable.set().len();
        let blocks = blocks(limits, &self.channels, columns, self.gradients.len() as u32);
        let planned = blocks.into_iter().map(|block| {
            let plan = self.sum_plan(limits, &block);
            (block, plan)
        });
        let blocks: Vec<_> = planned.collect();
        let largest = blocks.first();
        let sums = largest.map_or(0, |(block, plan)| sums_of(block, plan));
        let kept = (blocks.len() * self.gradients.len()).max(1) as u64;
        let runs = fold_runs(sums, limits.elements_per_binding(SUM_SIZE) / kept);
        let channels = largest.map_or(0, |(block, _)| block.end - block.start);
        // None can be empty.
        let room = |bytes: u64| scratch_bytes(device, bytes.max(SUM_SIZE));
        let scratch = Scratch {
            table: room(channels * u64::from(columns) * VALUE_SIZE)?,
            sums: room(sums * self.gradients.len() as u64 * SUM_SIZE)?,
            kept: room(kept * runs * SUM_SIZE)?,
        };
        let mut drafting = Drafting {
            job: self,
            limits,
            dtypes: &dtypes(self.tensors),
            scratch: &scratch,
            blocks: &blocks,
            runs,
            drafts: Vec::new(),
        };
        drafting.draft();
        let (kernels, drafts): (Vec<_>, Vec<_>) = drafting.drafts.into_iter().unzip();
        let parts = kernels.into_iter().zip(&drafts);
        let parts: Vec<_> = parts.map(|(kernel, draft)| draft.part(kernel)).collect();
        let activation = &self.learnable.activation;
        let prepared = Prepared::assemble(device, pipelines, activation.name(), &parts)?;
        let offset = std::mem::offset_of!(Settings, values) as u64;
        Ok(prepared.with_parameters(activation.key(), offset))
    }

    /// How a block's channels are summed over, if gradients are wanted.
    fn sum_plan(&self, limits: &Limits, block: &Block) -> SumPlan {
        let summed = self.tensors.iter().take(SUM_OPERANDS.len());
        let placements: Vec<_> = summed.map(|tensor| placement(tensor)).collect();
        SumPlan::new(
            limits,
            &self.channels,
            block,
            &placements,
            self.gradients.len() as u32,
        )
    }

    /// Whether a hyper-parameter has one value for all channels together.
    pub(super) fn is_shared(&self, parameter: usize) -> bool {
        let values = self.learnable.tensors[parameter].as_ref();
        values.is_some_and(|values| values.len() != self.channels.len())
    }
}

/// How many sums one gradient of a block needs.
pub(super) fn sums_of(block: &Block, plan: &SumPlan) -> u64 {
    (block.end - block.start) * u64::from(plan.parts)
}

impl<'a> Drafting<'a> {
    fn draft(&mut self) {
        let job = self.job;
        for (index, (block, plan)) in self.blocks.iter().enumerate() {
            self.gather(block);
            // The sums come first: in place, grad is written over afterwards.
            if !job.gradients.is_empty() {
                self.sum(block, plan);
                self.total(index, block, plan);
            }
            if let Some(operation) = job.operation {
                self.elements(operation, block);
            }
        }
        self.total_of_all();
    }

    /// The values of a block's channels, from each parameter's tensor.
    fn gather(&mut self, block: &Block) {
        let columns = self.job.learnable.set().len();
        let channels = block.end - block.start;
        for (column, (_, values)) in (0..).zip(self.job.learnable.named()) {
            let (elements, stride) = match values.len() {
                1 => (0..1, 0),
                _ => (block.clone(), 1),
            };
            let binding = window(self.limits, &placement(values), elements);
            let grid = fold(self.limits, channels.div_ceil(SUM_WORKGROUP.into()) as u32);
            let mut settings = Settings::zeroed();
            settings.head = [channels as u32, grid.0, columns, column];
            settings.tail[0] = stride;
            let shader = GatherShader {
                dtype: values.dtype(),
            };
            let tensors = vec![values, &self.scratch.table];
            self.push(shader, settings, tensors, vec![binding], grid);
        }
    }

    /// The elements of a block's channels, with the values that were gathered.
    fn elements(&mut self, operation: Operation, block: &Block) {
        let job = self.job;
        let placements: Vec<_> = job.tensors.iter().map(|tensor| placement(tensor)).collect();
        for planned in element_steps(self.limits, &job.channels, block, &placements) {
            let step = planned.step;
            let mut settings = self.settings();
            settings.head = [step.items, step.grid.0, step.elements, 0];
            let channels = [
                planned.count,
                planned.inner,
                planned.first,
                planned.first_inner,
            ];
            settings.tail[..4].copy_from_slice(&channels);
            let shader = LearnableShader {
                activation: &job.learnable.activation,
                operation,
                dtypes: self.dtypes,
                lanes: step.lanes,
                access: access(job.tensors),
                tensors: job.learnable.set(),
                neighbours: planned.neighbours,
            };
            let mut tensors = job.tensors.to_vec();
            tensors.push(&self.scratch.table);
            self.push(shader, settings, tensors, step.bindings, step.grid);
        }
    }

    /// The sums over a block's channels.
    fn sum(&mut self, block: &Block, plan: &'a SumPlan) {
        let job = self.job;
        let wanted = job.gradients.iter();
        let gradients = wanted.fold(ParameterSet::default(), |set, (index, _)| set.with(*index));
        for step in &plan.steps {
            let parts = step.len.div_ceil(plan.part_len);
            let teams = SUM_WORKGROUP / plan.team.threads;
            let grid = fold(self.limits, (step.channels * parts).div_ceil(teams));
            let mut settings = self.settings();
            settings.head = [step.channels, grid.0, step.len, step.run];
            settings.tail = [
                step.run_stride,
                step.channel_stride,
                parts,
                plan.part_len,
                step.first_channel,
                (block.end - block.start) as u32,
                plan.parts,
                step.is_first.into(),
            ];
            let shader = SumShader {
                activation: &job.learnable.activation,
                dtypes: &self.dtypes[..SUM_OPERANDS.len()],
                tensors: job.learnable.set(),
                gradients,
                team: plan.team,
            };
            let mut tensors = job.tensors[..SUM_OPERANDS.len()].to_vec();
            tensors.extend([&self.scratch.table, &self.scratch.sums]);
            self.push(shader, settings, tensors, step.bindings.clone(), grid);
        }
    }

    /// Adds a dispatch; tensors for which nothing is bound yet are bound whole.
    pub(super) fn push(
        &mut self,
        kernel: impl Kernel + 'a,
        mut settings: Settings,
        tensors: Vec<&'a TensorView>,
        mut bindings: Vec<Binding>,
        grid: (u32, u32),
    ) {
        let unbound = &tensors[bindings.len()..];
        bindings.extend(unbound.iter().map(|tensor| whole(tensor)));
        for (first, binding) in settings.first.iter_mut().zip(&bindings) {
            *first = binding.first;
        }
        let draft = Draft {
            settings,
            tensors,
            bindings,
            grid,
        };
        self.drafts.push((Box::new(kernel), draft));
    }

    /// With the values of the parameters that are constants.
    fn settings(&self) -> Settings {
        let mut settings = Settings::zeroed();
        let values = self.job.learnable.activation.values();
        settings.values[..values.len()].copy_from_slice(values);
        settings
    }
}
