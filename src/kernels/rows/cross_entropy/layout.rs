//! Which rows each dispatch reaches, and what of their tensors is bound: pure arithmetic, no GPU.

use std::ops::Range;

use crate::kernels::KernelError;
use crate::kernels::plan::{Binding, Limits, Placement, window};
use crate::kernels::rows::plan::{Plan, STEPS, Step};
use crate::shader::LossShader;
use crate::tensor::Rows;

/// The words that are saved of each row.
pub(super) const RECORD: u64 = 4;
pub(super) const WORD: u64 = 4;

/// Rows of logits on a device.
#[derive(Clone, Copy)]
pub(super) struct Layout {
    pub(super) limits: Limits,
    pub(super) rows: Rows,
}

impl Layout {
    /// Covers the logits of tensors that begin at these places.
    pub(super) fn plan(&self, tensors: &[Placement]) -> Result<Plan, KernelError> {
        // A range's records must fit into a binding too: as if each class had its share of one.
        let share = Placement {
            offset: 0,
            element_size: (RECORD * WORD).div_ceil(self.rows.len().max(1)),
        };
        Plan::new(
            &self.limits,
            &self.rows,
            &[tensors, &[share]].concat(),
            None,
            STEPS,
        )
    }

    /// The rows that a step reaches, from where its part of the logits begins.
    pub(super) fn rows_of(&self, step: &Step, logits: &Placement) -> Range<u64> {
        let bound = &step.bindings[0];
        let start = bound.bytes.start + u64::from(bound.first) * logits.element_size;
        let element = (start - logits.offset) / logits.element_size;
        let inner = self.rows.inner();
        let first = element / (self.rows.len() * inner) * inner + element % inner;
        first..first + u64::from(step.rows)
    }

    /// All rows in ranges whose records fit into a binding, each with the number of the first total of
    /// its losses.
    pub(super) fn ranges(&self) -> impl Iterator<Item = (Range<u64>, u32)> + use<> {
        let all = self.limits.elements_per_binding(RECORD * WORD).max(1);
        let totalled = u64::from(LossShader::TOTALLED);
        // Whole totals, where there is room for one.
        let limit = all - if all > totalled { all % totalled } else { 0 };
        let count = self.rows.count();
        let totals_of_one = limit.div_ceil(totalled);
        let starts = (0..count).step_by(limit as usize);
        starts.zip(0..).map(move |(start, index): (u64, u64)| {
            let rows = start..count.min(start + limit);
            (rows, (index * totals_of_one) as u32)
        })
    }

    /// How many totals all ranges have.
    pub(super) fn totals(&self) -> u32 {
        let last = self.ranges().last();
        last.map_or(0, |(rows, first)| first + totals_of(&rows))
    }

    /// What is bound of a tensor for some rows, each of which has so many elements in it.
    pub(super) fn window(&self, tensor: &Placement, each: u64, rows: Range<u64>) -> Binding {
        window(&self.limits, tensor, rows.start * each..rows.end * each)
    }
}

/// The totals of a range of rows.
pub(super) fn totals_of(rows: &Range<u64>) -> u32 {
    (rows.end - rows.start).div_ceil(LossShader::TOTALLED.into()) as u32
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shader::Stage;

    proptest! {
        #[test]
        fn every_row_has_its_record_and_every_binding_fits(
            shape in prop_oneof![
                (1_u64..3000, 1_u64..9, 1_u64..4),
                (1_u64..30, 1_u64..200, 1_u64..20),
                (1_u64..3, 30_000_u64..140_000, 1_u64..3),
                (1_u64..3, 1_u64..60, 500_u64..1000),
            ],
            logits in (0_u64..2_000, prop::sample::select(vec![2_u64, 4])),
            saved in 0_u64..2_000,
            binding in 16_384_u64..200_000,
            alignment in prop::sample::select(vec![4_u64, 32, 256]),
        ) {
            let layout = Layout {
                limits: Limits {
                    max_binding_bytes: binding,
                    offset_alignment: alignment,
                    max_workgroups_per_dimension: 65_535,
                },
                rows: Rows::along(&[shape.0, shape.1, shape.2], 1).unwrap(),
            };
            let (at, element_size) = logits;
            let logits = Placement { offset: at * element_size, element_size };
            let saved = Placement { offset: saved * WORD, element_size: WORD };
            let fits = |bound: &Binding| bound.bytes.end - bound.bytes.start <= binding;
            let plan = layout.plan(&[logits]).unwrap();
            // How many classes each row's steps reach.
            let mut reached = vec![0; layout.rows.count() as usize];
            for step in plan.steps.iter().filter(|step| step.stage != Stage::Summarise) {
                let rows = layout.rows_of(step, &logits);
                prop_assert!(rows.end <= layout.rows.count());
                prop_assert!(fits(&layout.window(&saved, RECORD, rows.clone())));
                let start = step.bindings[0].bytes.start + u64::from(step.bindings[0].first) * element_size;
                let element = (start - logits.offset) / element_size;
                let inner = layout.rows.inner();
                // The class that the step begins with, as the shader counts it.
                let class = u64::from(step.first_part) * u64::from(step.part_len);
                prop_assert_eq!(element / inner % layout.rows.len(), class);
                for row in rows {
                    reached[row as usize] += u64::from(step.len);
                }
            }
            prop_assert!(reached.iter().all(|&classes| classes == layout.rows.len()));

            let (mut next_row, mut next_total) = (0, 0);
            for (rows, first_total) in layout.ranges() {
                prop_assert_eq!((rows.start, first_total), (next_row, next_total));
                prop_assert!(fits(&layout.window(&saved, RECORD, rows.clone())));
                next_row = rows.end;
                next_total += totals_of(&rows);
            }
            prop_assert_eq!((next_row, next_total), (layout.rows.count(), layout.totals()));
        }
    }
}
