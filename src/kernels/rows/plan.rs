//! Which dispatches cover all rows: pure arithmetic, no GPU.

use std::ops::Range;

use crate::kernels::KernelError;
use crate::kernels::plan::{Binding, Limits, Placement, window};
use crate::shader::{RowShader, Stage, Team};
use crate::tensor::Rows;

/// Elements that an invocation keeps at a time: in a row that its team reads once.
const STEPS: u32 = 8;

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
    /// Per tensor.
    pub(super) bindings: Vec<Binding>,
}

impl Plan {
    /// Covers all rows of tensors that begin at these places.
    ///
    /// A slab is what one row and those between its elements make together. Where slabs fit into a
    /// binding, a dispatch takes as many as do; else it takes a part of one, from each of its rows.
    pub(super) fn new(
        limits: &Limits,
        rows: &Rows,
        tensors: &[Placement],
    ) -> Result<Self, KernelError> {
        let team = team(rows);
        let mut plan = Self {
            team,
            all_parts: 1,
            summaries: 0,
            steps: Vec::new(),
        };
        if rows.elements() == 0 {
            return Ok(plan);
        }
        let largest = tensors.iter().map(|tensor| tensor.element_size).max();
        let limit = limits.elements_per_binding(largest.unwrap_or(4));
        let slab = rows.len() * rows.inner();
        let part_len = part_len(rows, team);
        if slab <= limit {
            plan.cover_slabs(limits, rows, tensors, limit / slab, part_len);
            return Ok(plan);
        }
        let reach = limit / rows.inner();
        if reach == 0 {
            return Err(KernelError::RowsTooFarApart {
                inner: rows.inner(),
                limit,
            });
        }
        plan.cover_parts(limits, rows, tensors, reach, part_len);
        Ok(plan)
    }

    fn cover_slabs(
        &mut self,
        limits: &Limits,
        rows: &Rows,
        tensors: &[Placement],
        slabs: u64,
        part_len: u64,
    ) {
        let slab = rows.len() * rows.inner();
        let parts = rows.len().div_ceil(part_len);
        self.all_parts = parts as u32;
        let (stages, slabs): (&[_], _) = if parts == 1 {
            (&[Stage::Whole], slabs)
        } else {
            let kept = (most_summaries(limits) / (parts * rows.inner())).max(1);
            (&[Stage::Summarise, Stage::Finish], slabs.min(kept))
        };
        for outer in ranges(0..rows.outer(), slabs) {
            let count = (outer.end - outer.start) * rows.inner();
            if parts > 1 {
                self.summaries = self.summaries.max(count * parts);
            }
            for &stage in stages {
                self.steps.push(Step {
                    stage,
                    rows: count as u32,
                    len: rows.len() as u32,
                    parts: parts as u32,
                    part_len: part_len as u32,
                    first_part: 0,
                    bindings: bind(limits, tensors, outer.start * slab..outer.end * slab),
                });
            }
        }
    }

    fn cover_parts(
        &mut self,
        limits: &Limits,
        rows: &Rows,
        tensors: &[Placement],
        reach: u64,
        part_len: u64,
    ) {
        let (len, inner) = (rows.len(), rows.inner());
        let part_len = part_len.min(reach);
        let reach = reach - reach % part_len;
        let parts = len.div_ceil(part_len);
        self.all_parts = parts as u32;
        let neighbours = (most_summaries(limits) / parts).clamp(1, inner);
        self.summaries = neighbours * parts;
        for outer in 0..rows.outer() {
            for columns in ranges(0..inner, neighbours) {
                for stage in [Stage::Summarise, Stage::Finish] {
                    for elements in ranges(0..len, reach) {
                        let start = (outer * len + elements.start) * inner + columns.start;
                        let end = (outer * len + elements.end - 1) * inner + columns.end;
                        let elements_len = elements.end - elements.start;
                        self.steps.push(Step {
                            stage,
                            rows: (columns.end - columns.start) as u32,
                            len: elements_len as u32,
                            parts: elements_len.div_ceil(part_len) as u32,
                            part_len: part_len as u32,
                            first_part: (elements.start / part_len) as u32,
                            bindings: bind(limits, tensors, start..end),
                        });
                    }
                }
            }
        }
    }
}

/// A range in pieces of a length, the last of which may be shorter.
fn ranges(all: Range<u64>, len: u64) -> impl Iterator<Item = Range<u64>> {
    let starts = all.clone().step_by(len as usize);
    starts.map(move |start| start..all.end.min(start + len))
}

fn bind(limits: &Limits, tensors: &[Placement], elements: Range<u64>) -> Vec<Binding> {
    let tensors = tensors.iter();
    tensors
        .map(|tensor| window(limits, tensor, elements.clone()))
        .collect()
}

/// As many invocations for a row as have enough to do; where rows lie beside one another, as few as
/// leave a neighbour for each of a workgroup's.
fn team(rows: &Rows) -> Team {
    let is_interleaved = rows.inner() > 1;
    let busy = rows.len().div_ceil(STEPS.into()).next_power_of_two();
    let workgroup = u64::from(RowShader::WORKGROUP);
    let neighbours = rows.inner().min(workgroup).next_power_of_two();
    let threads = busy.min(if is_interleaved {
        workgroup / neighbours
    } else {
        workgroup
    });
    Team {
        threads: threads as u32,
        steps: u64::from(STEPS).min(rows.len().next_power_of_two()) as u32,
        is_interleaved,
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
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn limits(max_binding_bytes: u64, offset_alignment: u64) -> Limits {
        Limits {
            max_binding_bytes,
            offset_alignment,
            max_workgroups_per_dimension: 65_535,
        }
    }

    /// The elements of a tensor that a step's results are for, from the same arithmetic as the WGSL, each
    /// with the summary that it goes by.
    fn touched(step: &Step, tensor: usize, size: u64, inner: u64) -> Vec<u64> {
        let binding = &step.bindings[tensor];
        let base = binding.bytes.start / size + u64::from(binding.first);
        let mut touched = Vec::new();
        for task in 0..u64::from(step.rows * step.parts) {
            let (row, part) = (task % u64::from(step.rows), task / u64::from(step.rows));
            let len = u64::from(step.len);
            let start = row / inner * len * inner + row % inner;
            let part_len = u64::from(step.part_len);
            for element in part * part_len..len.min((part + 1) * part_len) {
                let at = base + start + element * inner;
                assert!((at + 1) * size <= binding.bytes.end);
                touched.push(at);
            }
        }
        touched
    }

    proptest! {
        #[test]
        fn every_element_has_one_result_and_is_summarised_before(
            shape in prop_oneof![
                (1_u64..30, 1_u64..200, 1_u64..20),
                (1_u64..3, 30_000_u64..140_000, 1_u64..3),
                (1_u64..3, 1_u64..60, 1000_u64..2500),
            ],
            tensors in prop::collection::vec((0_u64..2_000, prop::sample::select(vec![2_u64, 4])), 1..=3),
            binding in 16_384_u64..200_000,
            alignment in prop::sample::select(vec![4_u64, 32, 256]),
        ) {
            let limits = limits(binding, alignment);
            let (outer, len, inner) = shape;
            let rows = Rows::along(&[outer, len, inner], 1).unwrap();
            let tensors: Vec<_> = tensors
                .iter()
                .map(|&(at, element_size)| Placement { offset: at * element_size, element_size })
                .collect();
            let plan = Plan::new(&limits, &rows, &tensors).unwrap();
            for (index, tensor) in tensors.iter().enumerate() {
                for stages in [&[Stage::Whole, Stage::Summarise][..], &[Stage::Whole, Stage::Finish]] {
                    let steps = plan.steps.iter().filter(|step| stages.contains(&step.stage));
                    let mut all: Vec<_> = steps
                        .flat_map(|step| touched(step, index, tensor.element_size, inner))
                        .collect();
                    all.sort_unstable();
                    let first = tensor.offset / tensor.element_size;
                    let expected: Vec<_> = (first..first + rows.elements()).collect();
                    prop_assert!(all == expected);
                }
            }
            for step in &plan.steps {
                let last = step.first_part + step.parts;
                prop_assert!(last <= plan.all_parts);
                if step.stage != Stage::Whole {
                    prop_assert!(u64::from(step.rows) * u64::from(plan.all_parts) <= plan.summaries);
                }
                for binding in &step.bindings {
                    prop_assert!(binding.bytes.start.is_multiple_of(alignment));
                    prop_assert!(binding.bytes.end - binding.bytes.start <= limits.max_binding_bytes);
                }
            }
        }
    }

    #[test]
    fn teams_are_as_large_as_their_rows() {
        let threads = |shape: &[u64], axis| {
            let team = team(&Rows::along(shape, axis).unwrap());
            (team.threads, team.steps)
        };
        assert_eq!(threads(&[10, 1], 1), (1, 1));
        assert_eq!(threads(&[10, 3], 1), (1, 4));
        assert_eq!(threads(&[10, 1000], 1), (128, 8));
        assert_eq!(threads(&[10, 100_000], 1), (256, 8));
        // A team for each of 70 neighbours and more leaves two invocations to each.
        assert_eq!(threads(&[10, 1000, 70], 1), (2, 8));
        assert_eq!(threads(&[10, 1000, 1000], 1), (1, 8));
    }

    #[test]
    fn few_long_rows_are_divided_and_many_are_not() {
        let parts = |shape: &[u64]| {
            let rows = Rows::along(shape, -1).unwrap();
            let plan = Plan::new(
                &limits(1 << 27, 256),
                &rows,
                &[Placement {
                    offset: 0,
                    element_size: 4,
                }],
            );
            plan.unwrap().all_parts
        };
        assert_eq!(parts(&[1, 32_000]), 1);
        assert_eq!(parts(&[1, 1 << 20]), 32);
        assert_eq!(parts(&[1, 100_000_000]), 256);
        assert_eq!(parts(&[64, 1 << 20]), 4);
        assert_eq!(parts(&[10_000, 256_000]), 1);
    }
}
