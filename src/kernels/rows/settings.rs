use bytemuck::{Pod, Zeroable};

use super::plan::Step;
use crate::activation::RowActivation;
use crate::shader::Team;
use crate::tensor::{Axes, Broadcast, MAX_TERMS, Mask, MaskValues, Rows};

/// `struct Settings` of `rows/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Settings {
    pub(super) rows: u32,
    pub(super) groups_per_row: u32,
    pub(super) len: u32,
    pub(super) inner: u32,
    pub(super) parts: u32,
    pub(super) part_len: u32,
    pub(super) blocks: u32,
    pub(super) scale: f32,
    pub(super) flip: u32,
    pub(super) first_part: u32,
    pub(super) all_parts: u32,
    pub(super) mask_stride: u32,
    pub(super) first: [u32; 4],
    pub(super) slabs: [[u32; 4]; MAX_TERMS],
    pub(super) columns: [[u32; 4]; MAX_TERMS],
    pub(super) slab_terms: u32,
    pub(super) column_terms: u32,
    pub(super) behind: u32,
    pub(super) ahead: u32,
    pub(super) unit: f32,
    pub(super) per_unit: f32,
    pub(super) padding: [u32; 2],
}

impl Settings {
    pub(super) fn new(activation: &RowActivation, rows: &Rows, team: Team, step: &Step) -> Self {
        let factor = activation.factor();
        let unit = unit(factor.abs());
        let mut settings = Self {
            rows: step.rows,
            len: step.len,
            inner: rows.inner() as u32,
            parts: step.parts,
            part_len: step.part_len,
            blocks: step.part_len.div_ceil(team.threads * team.steps),
            scale: factor.abs(),
            flip: factor.to_bits() & 0x8000_0000,
            first_part: step.first_part,
            unit,
            per_unit: 1.0 / unit,
            ..Self::zeroed()
        };
        for (first, binding) in settings.first.iter_mut().zip(&step.bindings) {
            *first = binding.first;
        }
        settings
    }

    /// With what a mask makes of elements.
    pub(super) fn with_mask(self, mask: &Mask, step: &Step) -> Self {
        let settings = self.with_broadcast(mask.broadcast(), step);
        match mask.values() {
            MaskValues::Causal(offset) => settings.with_causal(*offset, step),
            MaskValues::Additive(_) | MaskValues::Boolean(_) => settings,
        }
    }

    /// With what finds a row's place in a mask: it is counted modulo 2^32.
    pub(super) fn with_broadcast(mut self, broadcast: &Broadcast, step: &Step) -> Self {
        let region = &step.region;
        self.mask_stride = broadcast.stride as u32;
        let first_slab = broadcast.first_slab + region.slabs.start;
        self.slab_terms = fill(&mut self.slabs, &broadcast.slabs, first_slab);
        self.column_terms = fill(&mut self.columns, &broadcast.columns, region.columns.start);
        self
    }

    /// With the elements that a query sees: those up to its own number and the offset.
    pub(super) fn with_causal(self, offset: i64, step: &Step) -> Self {
        // How many of the step's elements query 0 sees; below 0, how many queries see none.
        let seen = i128::from(offset) + 1 - i128::from(step.region.elements.start);
        let bound = 1_i128 << 31;
        let seen = seen.clamp(-bound, bound);
        Self {
            ahead: seen.max(0) as u32,
            behind: (-seen).max(0) as u32,
            ..self
        }
    }
}

/// Notes the terms of some axes, for numbers that are counted from `start`; how many there are.
fn fill(terms: &mut [[u32; 4]; MAX_TERMS], axes: &Axes, start: u64) -> u32 {
    let all = axes.terms();
    for (words, term) in terms.iter_mut().zip(&all) {
        let first = start % (term.divisor * term.len);
        *words = [first, term.divisor, term.len, term.stride].map(|word| word as u32);
    }
    all.len() as u32
}

/// A power of two in which neither `scale · x`, nor a difference of two sums with it, overflows.
fn unit(scale: f32) -> f32 {
    let exponent = scale.max(1.0).to_bits() >> 23;
    f32::from_bits((exponent + 4) << 23)
}
