//! Which dispatches cover the channels of a tensor: pure arithmetic, no GPU.

use std::ops::Range;

use crate::kernels::plan::{self, Binding, Limits, Placement, window};
use crate::shader::{Neighbours, SUM_WORKGROUP, SumTeam};
use crate::tensor::Rows;

/// The bytes of a sum: two f32.
pub(super) const SUM_SIZE: u64 = 8;

/// The bytes of a value in the table of the parameters that are tensors.
pub(super) const VALUE_SIZE: u64 = 4;

/// Elements that are worth an invocation of their own.
const LEAST: u64 = 32;

/// Workgroups that keep a machine busy: with fewer, channels are divided into parts.
const BUSY: u64 = 1024;

/// A run of whole channels of a tensor, over all of its outer axes.
pub(super) type Block = Range<u64>;

/// The channels in as few blocks as the table and the sums of one leave room for in a binding.
pub(super) fn blocks(limits: &Limits, channels: &Rows, columns: u32, gradients: u32) -> Vec<Block> {
    let room = |size: u64, count: u32| limits.elements_per_binding(size) / u64::from(count.max(1));
    let most = room(VALUE_SIZE, columns)
        .min(room(SUM_SIZE, gradients))
        .max(1);
    ranges(0..channels.len(), most).collect()
}

/// A range in pieces of a length, the last of which may be shorter.
fn ranges(all: Range<u64>, len: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = (all.start..all.end).step_by(usize::try_from(len).unwrap_or(usize::MAX));
    starts.map(move |start| start..all.end.min(start + len))
}

/// One dispatch of an operation on elements.
#[derive(Debug)]
pub(super) struct ElementStep {
    pub(super) step: plan::Step,
    /// How many channels take turns, each for `inner` elements.
    pub(super) count: u32,
    pub(super) inner: u32,
    /// The channel of the first element, counted in the block, and which of that channel's run it is.
    pub(super) first: u32,
    pub(super) first_inner: u32,
    pub(super) neighbours: Neighbours,
}

/// Runs that are shorter can be counted through in 32 bits, from the middle of one.
const LONG_RUN: u64 = 1 << 31;

/// Covers the elements of a block's channels.
pub(super) fn element_steps(
    limits: &Limits,
    channels: &Rows,
    block: &Block,
    tensors: &[Placement],
) -> Vec<ElementStep> {
    let inner = channels.inner();
    let mut steps = Vec::new();
    for elements in segments(channels, block) {
        let mut start = elements.start;
        let tensors: Vec<_> = tensors
            .iter()
            .map(|tensor| shifted(tensor, start))
            .collect();
        for step in plan::plan(limits, elements.end - elements.start, &tensors) {
            let (run, first_inner) = (start / inner, start % inner);
            start += u64::from(step.elements);
            let is_long = inner >= LONG_RUN;
            let lanes = step.lanes.count();
            let neighbours = if is_long || first_inner + u64::from(step.elements) <= inner {
                Neighbours::All
            } else if inner.is_multiple_of(lanes) && first_inner.is_multiple_of(lanes) {
                Neighbours::Vector
            } else {
                Neighbours::None
            };
            steps.push(ElementStep {
                step,
                count: (block.end - block.start) as u32,
                inner: if is_long { u32::MAX } else { inner as u32 },
                first: (run % channels.len() - block.start) as u32,
                first_inner: if is_long { 0 } else { first_inner as u32 },
                neighbours,
            });
        }
    }
    steps
}

/// The same tensor from a later element on.
fn shifted(tensor: &Placement, elements: u64) -> Placement {
    Placement {
        offset: tensor.offset + elements * tensor.element_size,
        ..*tensor
    }
}

/// The elements of a block's channels, as far as they lie together; a long run stands alone.
fn segments(channels: &Rows, block: &Block) -> Vec<Range<u64>> {
    let (all, inner) = (channels.len(), channels.inner());
    let run = |outer: u64, channels: &Range<u64>| {
        (outer * all + channels.start) * inner..(outer * all + channels.end) * inner
    };
    let outers = 0..channels.outer();
    if inner >= LONG_RUN {
        let channels = |outer| ranges(block.clone(), 1).map(move |one| run(outer, &one));
        outers.flat_map(channels).collect()
    } else if block.end - block.start == all {
        ranges(0..channels.elements(), channels.elements().max(1)).collect()
    } else {
        outers.map(|outer| run(outer, block)).collect()
    }
}

/// The dispatches that sum over a block's channels.
pub(super) struct SumPlan {
    pub(super) team: SumTeam,
    /// Parts of each channel that have a sum of their own; none where there are no elements.
    pub(super) parts: u32,
    pub(super) part_len: u32,
    pub(super) steps: Vec<SumStep>,
}

/// One dispatch of them: over the same elements of some channels.
#[derive(Debug)]
pub(super) struct SumStep {
    pub(super) channels: u32,
    /// Elements of each channel, and how many lie together.
    pub(super) len: u32,
    pub(super) run: u32,
    /// From one run to the next, and from one channel to the next; 0 where there is but one.
    pub(super) run_stride: u32,
    pub(super) channel_stride: u32,
    /// The first channel, counted in the block.
    pub(super) first_channel: u32,
    /// Whether no dispatch before has these channels.
    pub(super) is_first: bool,
    /// Per tensor.
    pub(super) bindings: Vec<Binding>,
}

impl SumPlan {
    /// Covers a block's channels of tensors that begin at these places, with sums for so many gradients.
    pub(super) fn new(
        limits: &Limits,
        channels: &Rows,
        block: &Block,
        tensors: &[Placement],
        gradients: u32,
    ) -> Self {
        let mut plan = Self {
            team: SumTeam {
                threads: 1,
                is_interleaved: false,
            },
            parts: 0,
            part_len: 1,
            steps: boxes(limits, channels, block, tensors)
                .into_iter()
                .map(|cut| cut.step(limits, channels, block, tensors))
                .collect(),
        };
        if let Some(first) = plan.steps.first() {
            plan.team = team(first, channels.inner());
            let sums = limits.elements_per_binding(SUM_SIZE)
                / (u64::from(gradients.max(1)) * (block.end - block.start));
            plan.part_len = part_len(first, plan.team, sums.max(1));
            plan.parts = first.len.div_ceil(plan.part_len);
        }
        plan
    }
}

/// A part of a tensor that is one range in each of its three axes.
struct Cut {
    outers: Range<u64>,
    channels: Range<u64>,
    inners: Range<u64>,
}

/// The cuts of a block's channels that a binding can hold, from the first one to the last: the first is
/// as large as any.
fn boxes(limits: &Limits, channels: &Rows, block: &Block, tensors: &[Placement]) -> Vec<Cut> {
    if channels.elements() == 0 {
        return Vec::new();
    }
    let largest = tensors.iter().map(|tensor| tensor.element_size).max();
    let limit = limits
        .elements_per_binding(largest.unwrap_or(VALUE_SIZE))
        .max(1);
    let inner = channels.inner();
    let slab = (block.end - block.start) * inner;
    let outers = match limit.checked_sub(slab) {
        Some(rest) => 1 + rest / (channels.len() * inner),
        None => 1,
    };
    let neighbours = (limit / inner).max(1);
    let mut cuts = Vec::new();
    for outers in ranges(0..channels.outer(), outers) {
        for channels in ranges(block.clone(), neighbours) {
            for inners in ranges(0..inner, limit) {
                cuts.push(Cut {
                    outers: outers.clone(),
                    channels: channels.clone(),
                    inners,
                });
            }
        }
    }
    cuts
}

impl Cut {
    fn step(
        &self,
        limits: &Limits,
        channels: &Rows,
        block: &Block,
        tensors: &[Placement],
    ) -> SumStep {
        let (all, inner) = (channels.len(), channels.inner());
        let at = |outer, channel, element| (outer * all + channel) * inner + element;
        let elements = at(self.outers.start, self.channels.start, self.inners.start)
            ..at(
                self.outers.end - 1,
                self.channels.end - 1,
                self.inners.end - 1,
            ) + 1;
        let len = |range: &Range<u64>| range.end - range.start;
        let (outers, count, run) = (len(&self.outers), len(&self.channels), len(&self.inners));
        SumStep {
            channels: count as u32,
            len: (outers * run) as u32,
            run: run as u32,
            run_stride: if outers > 1 { (all * inner) as u32 } else { 0 },
            channel_stride: if count > 1 { inner as u32 } else { 0 },
            first_channel: (self.channels.start - block.start) as u32,
            is_first: self.outers.start == 0 && self.inners.start == 0,
            bindings: tensors
                .iter()
                .map(|tensor| window(limits, tensor, elements.clone()))
                .collect(),
        }
    }
}

/// As many invocations for a channel as have enough to do; where channels lie beside one another, as few
/// as leave a neighbour for each of a workgroup's.
fn team(step: &SumStep, inner: u64) -> SumTeam {
    let workgroup = SUM_WORKGROUP;
    let busy = (u64::from(step.len).div_ceil(LEAST)).next_power_of_two();
    let threads = busy.min(workgroup.into()) as u32;
    let is_interleaved = inner < NEIGHBOURS && step.channels > 1;
    let neighbours = step.channels.min(workgroup).next_power_of_two();
    SumTeam {
        threads: if is_interleaved {
            threads.min(workgroup / neighbours)
        } else {
            threads
        },
        is_interleaved,
    }
}

/// Runs that are shorter are read with those of the neighbouring channels.
const NEIGHBOURS: u64 = 32;

/// The elements of each part of a channel: all of them, unless there are too few channels to keep a
/// machine busy; and so many that there is room for the parts' sums.
fn part_len(step: &SumStep, team: SumTeam, most_parts: u64) -> u32 {
    let teams = u64::from(SUM_WORKGROUP / team.threads);
    let wanted = (BUSY * teams).div_ceil(step.channels.into());
    let len = u64::from(step.len);
    let least = (LEAST * u64::from(team.threads)).min(len);
    len.div_ceil(wanted.min(most_parts)).max(least) as u32
}

/// Into how many runs so many sums are divided, each to be added up by a team.
pub(super) fn fold_runs(sums: u64, most: u64) -> u64 {
    let wanted = sums.div_ceil(u64::from(SUM_WORKGROUP) * LEAST);
    wanted.clamp(1, most.max(1))
}

/// The invocations that add up a run of sums.
pub(super) fn total_team(run: u64) -> SumTeam {
    let threads = (run / 4).next_power_of_two().min(SUM_WORKGROUP.into());
    SumTeam {
        threads: threads as u32,
        is_interleaved: false,
    }
}

#[cfg(test)]
mod tests;
