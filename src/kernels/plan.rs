//! Which dispatches cover a tensor: pure arithmetic, no GPU.

use std::ops::Range;

use crate::shader::{Lanes, Shader};

/// The limits of a device that shape the dispatches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub max_binding_bytes: u64,
    pub offset_alignment: u64,
    pub max_workgroups_per_dimension: u32,
}

impl Limits {
    pub(super) fn of(limits: &wgpu::Limits) -> Self {
        Self {
            max_binding_bytes: limits.max_storage_buffer_binding_size,
            offset_alignment: u64::from(limits.min_storage_buffer_offset_alignment),
            max_workgroups_per_dimension: limits.max_compute_workgroups_per_dimension,
        }
    }
}

/// One dispatch over the same range of every tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub lanes: Lanes,
    /// Items (loads of `lanes` elements) in the range.
    pub count: u32,
    /// Width and height of the grid, in workgroups.
    pub grid: (u32, u32),
    /// Per tensor: the bytes that are bound, and where the range starts in them, in items.
    pub bindings: Vec<Binding>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub bytes: Range<u64>,
    pub first: u32,
}

/// Covers `len` elements of `element_size` bytes of tensors that start at `offsets` (bytes).
///
/// The vectors of four come first where every tensor starts on one; what remains, and tensors that
/// start inside a vector, go element by element. A range is never larger than one binding.
pub(super) fn plan(limits: &Limits, element_size: u64, len: u64, offsets: &[u64]) -> Vec<Step> {
    let vector = Lanes::Four.count() * element_size;
    let in_vectors = if offsets.iter().all(|offset| offset.is_multiple_of(vector)) {
        len - len % Lanes::Four.count()
    } else {
        0
    };
    let mut steps = Vec::new();
    for (lanes, elements) in [(Lanes::Four, 0..in_vectors), (Lanes::One, in_vectors..len)] {
        let limit = elements_per_range(limits, element_size, lanes);
        let mut start = elements.start;
        while start < elements.end {
            let end = elements.end.min(start + limit);
            steps.push(step(limits, element_size, lanes, start..end, offsets));
            start = end;
        }
    }
    steps
}

/// The most elements of one range: a binding's, less what aligning its start may add.
fn elements_per_range(limits: &Limits, element_size: u64, lanes: Lanes) -> u64 {
    let bytes = limits
        .max_binding_bytes
        .saturating_sub(limits.offset_alignment);
    let item = lanes.count() * element_size;
    let block = u64::from(Shader::WORKGROUP * Shader::STEPS);
    let rows = u64::from(limits.max_workgroups_per_dimension);
    // Half of u32, so that rounding the grid up cannot overflow an index.
    let grid = block.saturating_mul(rows).saturating_mul(rows);
    let items = (bytes / item).min(grid).min(1 << 31);
    items.max(1) * lanes.count()
}

fn step(
    limits: &Limits,
    element_size: u64,
    lanes: Lanes,
    elements: Range<u64>,
    offsets: &[u64],
) -> Step {
    let item = lanes.count() * element_size;
    let count = ((elements.end - elements.start) / lanes.count()) as u32;
    let bindings = offsets
        .iter()
        .map(|offset| {
            let start = offset + elements.start * element_size;
            let aligned = start - start % limits.offset_alignment;
            let end = offset + elements.end * element_size;
            Binding {
                bytes: aligned..end,
                first: ((start - aligned) / item) as u32,
            }
        })
        .collect();
    Step {
        lanes,
        count,
        grid: grid(limits, count),
        bindings,
    }
}

/// A grid with a workgroup for every block of items: one row if it fits, else as near to the number
/// of blocks as whole rows allow.
fn grid(limits: &Limits, count: u32) -> (u32, u32) {
    let groups = count.div_ceil(Shader::WORKGROUP * Shader::STEPS);
    let rows = groups.div_ceil(limits.max_workgroups_per_dimension).max(1);
    (groups.div_ceil(rows), rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The elements of each tensor that the kernel touches, from the same arithmetic as the WGSL.
    fn touched(limits: &Limits, steps: &[Step], tensor: usize) -> Vec<Range<u64>> {
        steps
            .iter()
            .map(|step| {
                let item = step.lanes.count() * 4;
                let binding = &step.bindings[tensor];
                let (width, height) = step.grid;
                assert!(width <= limits.max_workgroups_per_dimension);
                assert!(height <= limits.max_workgroups_per_dimension);
                let invocations = u64::from(width)
                    * u64::from(height)
                    * u64::from(Shader::WORKGROUP * Shader::STEPS);
                assert!(invocations >= u64::from(step.count));
                assert!(invocations <= u64::from(u32::MAX));
                assert!(binding.bytes.start.is_multiple_of(limits.offset_alignment));
                assert!(binding.bytes.end - binding.bytes.start <= limits.max_binding_bytes);
                let start = binding.bytes.start + u64::from(binding.first) * item;
                let end = start + u64::from(step.count) * item;
                assert!(end <= binding.bytes.end);
                start / 4..end / 4
            })
            .collect()
    }

    proptest! {
        #[test]
        fn every_element_is_covered_once_and_nothing_else(
            len in 0_u64..5_000_000,
            offsets in prop::collection::vec(0_u64..2_000, 1..=3),
            whole_vectors in any::<bool>(),
            binding_kib in 1_u64..200,
            alignment in prop::sample::select(vec![4_u64, 16, 32, 64, 256]),
            max_workgroups in prop_oneof![40_u32..65_536, Just(1 << 30), Just(u32::MAX)],
        ) {
            let limits = Limits {
                max_binding_bytes: binding_kib * 1024,
                offset_alignment: alignment,
                max_workgroups_per_dimension: max_workgroups,
            };
            let unit = if whole_vectors { 16 } else { 4 };
            let offsets: Vec<u64> = offsets.iter().map(|offset| offset * unit).collect();
            let steps = plan(&limits, 4, len, &offsets);
            for (tensor, offset) in offsets.iter().enumerate() {
                let mut next = offset / 4;
                for range in touched(&limits, &steps, tensor) {
                    prop_assert_eq!(range.start, next);
                    prop_assert!(range.end > range.start);
                    next = range.end;
                }
                prop_assert_eq!(next, offset / 4 + len);
            }
        }
    }

    #[test]
    fn a_grid_beyond_one_row_wastes_less_than_a_row() {
        let limits = Limits {
            max_binding_bytes: 1 << 31,
            offset_alignment: 256,
            max_workgroups_per_dimension: 65_535,
        };
        let block = Shader::WORKGROUP * Shader::STEPS;
        let (width, height) = grid(&limits, 65_536 * block);
        assert_eq!((width, height), (32_768, 2));
        assert_eq!(grid(&limits, 1), (1, 1));
    }
}
