use std::ops::Range;

use bytemuck::{Pod, Zeroable};

use crate::activation::{CrossEntropy, Reduction};
use crate::kernels::plan::Binding;
use crate::kernels::rows::plan::{Plan, Step};
use crate::tensor::Rows;

/// `struct Settings` of `loss/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Settings {
    rows: u32,
    groups_per_row: u32,
    len: u32,
    inner: u32,
    parts: u32,
    part_len: u32,
    blocks: u32,
    first_part: u32,
    all_parts: u32,
    classes: u32,
    ignored: [u32; 2],
    kept: f32,
    shared_weight: f32,
    moved: f32,
    gradient_stride: u32,
    first_total: u32,
    all_totals: u32,
    padding: [u32; 2],
    first: [u32; 4],
}

impl Settings {
    pub(super) fn new(loss: &CrossEntropy, rows: &Rows) -> Self {
        let ignored = loss.ignore_index() as u64;
        let smoothing = f64::from(loss.label_smoothing());
        let shared_weight = smoothing / rows.len().max(1) as f64;
        Self {
            inner: rows.inner() as u32,
            classes: rows.len() as u32,
            ignored: [ignored as u32, (ignored >> 32) as u32],
            kept: (1.0 - smoothing) as f32,
            shared_weight: shared_weight as f32,
            moved: (smoothing - shared_weight) as f32,
            gradient_stride: u32::from(loss.reduction() == Reduction::None),
            ..Self::zeroed()
        }
    }

    /// For so many rows' records, whose first total has this number.
    pub(super) fn with_rows(self, rows: &Range<u64>, first_total: u32) -> Self {
        Self {
            rows: (rows.end - rows.start) as u32,
            first_total,
            ..self
        }
    }

    /// For so many totals.
    pub(super) fn with_totals(self, all_totals: u32) -> Self {
        Self { all_totals, ..self }
    }

    /// For rows, or parts of rows, of logits.
    pub(super) fn with_step(self, plan: &Plan, step: &Step) -> Self {
        Self {
            rows: step.rows,
            len: step.len,
            parts: step.parts,
            part_len: step.part_len,
            blocks: (step.part_len).div_ceil(plan.team.threads * plan.team.steps),
            first_part: step.first_part,
            all_parts: plan.all_parts,
            ..self
        }
    }

    /// Where each view begins in its binding, and how wide the grid is.
    pub(super) fn with_places(mut self, bindings: &[Binding], grid: (u32, u32)) -> Self {
        self.groups_per_row = grid.0;
        for (first, binding) in self.first.iter_mut().zip(bindings) {
            *first = binding.first;
        }
        self
    }
}
