//! Which dispatches cover all rows: pure arithmetic, no GPU.

use std::ops::Range;

use crate::kernels::KernelError;
use crate::kernels::plan::{Binding, Limits, Placement, window};
use crate::shader::{RowShader, Stage, Team};
use crate::tensor::{Broadcast, Region, Rows};

/// Elements that an invocation takes at a time.
pub(super) const STEPS: u32 = 8;

/// Elements of a row that an invocation can keep, so that its team reads the row once: 8192 for a
/// workgroup's. They stay in registers only where a compiler unrolls the loops over them, and Mesa's do up
/// to 32 rounds. Its compiler for AMD then takes 56 registers forward, 80 to 88 backward and 96 with an
/// additive mask, and spills none; beyond, kept elements with such a mask go to memory. On lavapipe all
/// lengths are faster so, but gradients of 8192, where keeping costs an eighth more than reading again. Rows
/// beside one another are kept where one invocation can: more for each would leave it fewer neighbours, and on
/// lavapipe softmax of 16 x 1000 x 256 took 2.5 times as long so.
pub(super) const KEPT_STEPS: u32 = 32;

/// Workgroups that keep a machine busy: with fewer, long rows are divided.
const BUSY: u64 = 256;

/// Elements of a part that are worth a team of their own.
const LEAST_PART: u64 = 1 << 15;

/// Summaries that are kept at a time, where they fit into a binding.
const MOST_SUMMARIES: u64 = 1 << 22;

/// The bytes of a summary: four words.
pub(super) const SUMMARY_SIZE: u64 = 16;

fn most_summaries(limits: &Limits) -> u64 {
    MOST_SUMMARIES.min(limits.elements_per_binding(SUMMARY_SIZE))
}

/// The dispatches of an operation over rows.
pub(super) struct Plan {
    pub(super) team: Team,
    /// Parts of each row.
    pub(super) all_parts: u32,
    /// Summaries of parts that must be kept; none where rows are whole.
    pub(super) summaries: u64,
    pub(super) steps: Vec<Step>,
}

/// One dispatch.
pub(super) struct Step {
    pub(super) stage: Stage,
    pub(super) rows: u32,
    /// Elements of each row that it reaches.
    pub(super) len: u32,
    /// Parts into which these are divided, and the elements of one.
    pub(super) parts: u32,
    pub(super) part_len: u32,
    /// The first of these parts among all of the row.
    pub(super) first_part: u32,
    /// What it reaches.
    pub(super) region: Region,
    /// Per tensor, the mask last: where its element for the first of a row begins, were its slab and
    /// its place in that number 0.
    pub(super) bindings: Vec<Binding>,
}

/// A mask that is a tensor.
pub(super) struct MaskPlacement<'a> {
    pub(super) placement: Placement,
    pub(super) broadcast: &'a Broadcast,
}

impl Plan {
    /// Covers all rows of tensors that begin at these places.
    ///
    /// A slab is what one row and those between its elements make together. Where slabs fit into a
    /// binding, a dispatch takes as many as do; else it takes a part of one, from each of its rows.
    /// An invocation takes up to `most_steps` elements, where these are all that it has of its row.
    pub(super) fn new(
        limits: &Limits,
        rows: &Rows,
        tensors: &[Placement],
        mask: Option<&MaskPlacement<'_>>,
        most_steps: u32,
    ) -> Result<Self, KernelError> {
        let team = team(rows, most_steps);
        let mut plan = Self {
            team,
            all_parts: 1,
            summaries: 0,
            steps: Vec::new(),
        };
        if rows.elements() == 0 {
            return Ok(plan);
        }
        let operands = Operands {
            limits,
            rows,
            tensors,
            mask,
        };
        let limit = operands.elements_per_binding();
        let slab = rows.len() * rows.inner();
        let part_len = part_len(rows, team);
        if slab <= limit {
            plan.cover_slabs(&operands, limit / slab, part_len);
            return Ok(plan);
        }
        let reach = limit / rows.inner();
        if reach == 0 {
            return Err(KernelError::RowsTooFarApart {
                inner: rows.inner(),
                limit,
            });
        }
        plan.cover_parts(&operands, reach, part_len);
        Ok(plan)
    }

    fn cover_slabs(&mut self, operands: &Operands<'_>, slabs: u64, part_len: u64) {
        let rows = operands.rows;
        let parts = rows.len().div_ceil(part_len);
        self.all_parts = parts as u32;
        let (stages, slabs): (&[_], _) = if parts == 1 {
            (&[Stage::Whole], slabs)
        } else {
            let kept = (most_summaries(operands.limits) / (parts * rows.inner())).max(1);
            (&[Stage::Summarise, Stage::Finish], slabs.min(kept))
        };
        let mut start = 0;
        while start < rows.outer() {
            let end = operands.reach(start..rows.outer().min(start + slabs));
            let count = (end - start) * rows.inner();
            if parts > 1 {
                self.summaries = self.summaries.max(count * parts);
            }
            let region = operands.slabs(start..end);
            for &stage in stages {
                self.steps
                    .push(operands.step(stage, region.clone(), part_len));
            }
            start = end;
        }
    }

    fn cover_parts(&mut self, operands: &Operands<'_>, reach: u64, part_len: u64) {
        let (len, inner) = (operands.rows.len(), operands.rows.inner());
        let part_len = part_len.min(reach);
        let reach = reach - reach % part_len;
        let parts = len.div_ceil(part_len);
        self.all_parts = parts as u32;
        let neighbours = (most_summaries(operands.limits) / parts).clamp(1, inner);
        self.summaries = neighbours * parts;
        for outer in 0..operands.rows.outer() {
            for columns in ranges(0..inner, neighbours) {
                for stage in [Stage::Summarise, Stage::Finish] {
                    for elements in ranges(0..len, reach) {
                        let region = Region {
                            slabs: outer..outer + 1,
                            elements,
                            columns: columns.clone(),
                        };
                        self.steps.push(operands.step(stage, region, part_len));
                    }
                }
            }
        }
    }
}

/// What dispatches are to cover.
struct Operands<'a> {
    limits: &'a Limits,
    rows: &'a Rows,
    tensors: &'a [Placement],
    mask: Option<&'a MaskPlacement<'a>>,
}

impl Operands<'_> {
    /// How many elements of any of them fit into a binding.
    fn elements_per_binding(&self) -> u64 {
        let mask = self.mask.map(|mask| mask.placement.element_size);
        let sizes = self.tensors.iter().map(|tensor| tensor.element_size);
        let largest = sizes.chain(mask).max();
        self.limits.elements_per_binding(largest.unwrap_or(4))
    }

    fn slabs(&self, slabs: Range<u64>) -> Region {
        Region {
            slabs,
            elements: 0..self.rows.len(),
            columns: 0..self.rows.inner(),
        }
    }

    /// How far the slabs of a range go whose elements of the mask fit into a binding: a range that
    /// ends where the mask begins anew may need all of it. One slab always does.
    fn reach(&self, slabs: Range<u64>) -> u64 {
        let Some(mask) = self.mask else {
            return slabs.end;
        };
        let limit = self.elements_per_binding();
        let fits = |end| {
            let elements = mask.broadcast.range(&self.slabs(slabs.start..end));
            elements.end - elements.start <= limit
        };
        if fits(slabs.end) {
            return slabs.end;
        }
        let (mut fitting, mut beyond) = (slabs.start + 1, slabs.end);
        while beyond - fitting > 1 {
            let middle = fitting.midpoint(beyond);
            if fits(middle) {
                fitting = middle;
            } else {
                beyond = middle;
            }
        }
        fitting
    }

    fn step(&self, stage: Stage, region: Region, part_len: u64) -> Step {
        let (len, inner) = (self.rows.len(), self.rows.inner());
        let last = (
            region.slabs.end - 1,
            region.elements.end - 1,
            region.columns.end - 1,
        );
        let start =
            (region.slabs.start * len + region.elements.start) * inner + region.columns.start;
        let end = (last.0 * len + last.1) * inner + last.2 + 1;
        let tensors = self.tensors.iter();
        let tensors = tensors.map(|tensor| window(self.limits, tensor, start..end));
        let mask = self.mask.map(|mask| mask.bind(self.limits, &region));
        let elements = region.elements.end - region.elements.start;
        let rows =
            (region.slabs.end - region.slabs.start) * (region.columns.end - region.columns.start);
        Step {
            stage,
            rows: rows as u32,
            len: elements as u32,
            parts: elements.div_ceil(part_len) as u32,
            part_len: part_len as u32,
            first_part: (region.elements.start / part_len) as u32,
            bindings: tensors.chain(mask).collect(),
            region,
        }
    }
}

impl MaskPlacement<'_> {
    /// What is bound for a region. Places are counted modulo 2^32, so that those in the binding come
    /// out right wherever in the mask it lies.
    fn bind(&self, limits: &Limits, region: &Region) -> Binding {
        let range = self.broadcast.range(region);
        let first_element = region.elements.start * self.broadcast.stride;
        let Binding { bytes, first } = window(limits, &self.placement, range.clone());
        Binding {
            bytes,
            first: first
                .wrapping_sub(range.start as u32)
                .wrapping_add(first_element as u32),
        }
    }
}

/// A range in pieces of a length, the last of which may be shorter.
fn ranges(all: Range<u64>, len: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = all.clone().step_by(len as usize);
    starts.map(move |start| start..all.end.min(start + len))
}

/// As many invocations for a row as have enough to do; where rows lie beside one another, as few as
/// leave a neighbour for each of a workgroup's.
fn team(rows: &Rows, most_steps: u32) -> Team {
    let is_interleaved = rows.inner() > 1;
    let busy = rows.len().div_ceil(STEPS.into()).next_power_of_two();
    let workgroup = u64::from(RowShader::WORKGROUP);
    let neighbours = rows.inner().min(workgroup).next_power_of_two();
    let threads = busy.min(if is_interleaved {
        workgroup / neighbours
    } else {
        workgroup
    });
    // Few numbers of steps, as each needs a pipeline of its own, but few idle steps.
    let share = rows.len().div_ceil(threads).max(1);
    let steps = share.next_power_of_two().min(share.next_multiple_of(4));
    let is_single_block = steps <= most_steps.into();
    Team {
        threads: threads as u32,
        steps: if is_single_block { steps as u32 } else { STEPS },
        is_single_block,
        is_interleaved,
        has_subgroups: false,
    }
}

/// The elements of each part of a row: all of them, unless there are too few rows to keep a machine busy.
fn part_len(rows: &Rows, team: Team) -> u64 {
    let teams = u64::from(RowShader::WORKGROUP / team.threads);
    let wanted = (BUSY * teams).div_ceil(rows.count());
    let parts = wanted.min(rows.len() / LEAST_PART).max(1);
    let block = u64::from(team.threads * team.steps);
    rows.len().div_ceil(parts).next_multiple_of(block)
}

#[cfg(test)]
mod mask_tests;
#[cfg(test)]
mod tests;
