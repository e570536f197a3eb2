//! The dispatches that make gradients of sums.

use bytemuck::Zeroable;

use super::draft::{Settings, whole};
use super::plan::{Block, SUM_SIZE, SumPlan, total_team};
use super::prepare::{Drafting, sums_of};
use crate::kernels::checks::placement;
use crate::kernels::plan::{Binding, Placement, fold, window};
use crate::shader::{SUM_WORKGROUP, Total, TotalShader};
use crate::tensor::TensorView;

/// Runs of sums, each of which is added up.
struct Runs {
    /// How many there are.
    count: u64,
    /// The sums of one, and of all; the last run may be shorter.
    len: u64,
    all: u64,
    /// The first sum.
    start: u64,
}

impl<'a> Drafting<'a> {
    /// What comes of a block's sums: the gradients of its channels, or a few sums of each gradient that
    /// belongs to all channels.
    pub(super) fn total(&mut self, index: usize, block: &Block, plan: &SumPlan) {
        let job = self.job;
        let sums = sums_of(block, plan);
        for (order, &(parameter, gradient)) in (0..).zip(job.gradients) {
            let start = order * sums;
            if job.is_shared(parameter) {
                let kept = (order * self.blocks.len() as u64 + index as u64) * self.runs;
                let runs = Runs {
                    count: self.runs,
                    len: sums.div_ceil(self.runs),
                    all: sums,
                    start,
                };
                self.keep(runs, kept);
            } else {
                let runs = Runs {
                    count: block.end - block.start,
                    len: plan.parts.into(),
                    all: sums,
                    start,
                };
                self.finish(&self.scratch.sums, runs, gradient, block.clone());
            }
        }
    }

    /// The gradients that belong to all channels.
    pub(super) fn total_of_all(&mut self) {
        let job = self.job;
        let kept = self.blocks.len() as u64 * self.runs;
        for (order, &(parameter, gradient)) in (0..).zip(job.gradients) {
            if job.is_shared(parameter) {
                let runs = Runs {
                    count: 1,
                    len: kept,
                    all: kept,
                    start: order * kept,
                };
                self.finish(&self.scratch.kept, runs, gradient, 0..1);
            }
        }
    }

    /// Keeps what runs of the sums amount to, from `first` on.
    fn keep(&mut self, runs: Runs, first: u64) {
        let scratch = self.scratch;
        let binding = whole(&scratch.kept);
        let tensors = [&scratch.kept, &scratch.sums];
        self.push_total(Total::Kept, runs, tensors, (binding, first));
    }

    /// Makes these elements of a gradient of what runs of sums amount to, or adds to what they are.
    fn finish(
        &mut self,
        sums: &'a TensorView,
        runs: Runs,
        gradient: &'a TensorView,
        elements: Block,
    ) {
        let (into, placement) = match self.job.is_continued {
            false => (Total::Gradient(gradient.dtype()), placement(gradient)),
            true => (
                Total::Added,
                Placement {
                    offset: gradient.byte_offset(),
                    element_size: SUM_SIZE,
                },
            ),
        };
        let binding = window(self.limits, &placement, elements);
        self.push_total(into, runs, [gradient, sums], (binding, 0));
    }

    fn push_total(
        &mut self,
        into: Total,
        runs: Runs,
        [target, sums]: [&'a TensorView; 2],
        (binding, result): (Binding, u64),
    ) {
        let team = total_team(runs.len);
        let teams = u64::from(SUM_WORKGROUP / team.threads);
        let grid = fold(self.limits, runs.count.div_ceil(teams) as u32);
        let mut settings = Settings::zeroed();
        settings.head = [runs.count as u32, grid.0, runs.len as u32, runs.all as u32];
        settings.tail[..2].copy_from_slice(&[runs.start as u32, result as u32]);
        let bindings = vec![binding, whole(sums)];
        let shader = TotalShader { into, team };
        self.push(shader, settings, vec![target, sums], bindings, grid);
    }
}
