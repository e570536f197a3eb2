//! Which dispatches cover a tensor: pure arithmetic, no GPU.

use std::ops::Range;

use crate::shader::{Lanes, Shader};

/// What a storage buffer is bound in multiples of, in bytes: a word of the shader's memory.
const WORD: u64 = 4;

/// The limits of a device that shape the dispatches.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub max_binding_bytes: u64,
    pub offset_alignment: u64,
    pub max_workgroups_per_dimension: u32,
}

impl Limits {
    /// Where these are too low for any kernel, as those of WebGL are, there is a plan too: its pipelines are
    /// refused.
    pub(super) fn of(limits: &wgpu::Limits) -> Self {
        let offset_alignment = u64::from(limits.min_storage_buffer_offset_alignment).max(WORD);
        Self {
            max_binding_bytes: limits
                .max_storage_buffer_binding_size
                .max(2 * offset_alignment),
            offset_alignment,
            max_workgroups_per_dimension: limits.max_compute_workgroups_per_dimension.max(1),
        }
    }

    /// The bytes of a tensor that fit into a binding wherever they start, in whole words.
    fn bytes_per_binding(&self) -> u64 {
        (self.max_binding_bytes - self.max_binding_bytes % WORD)
            .saturating_sub(self.offset_alignment)
    }

    /// The elements of that size that fit into a binding wherever they start, at most as many as an
    /// index can count.
    pub(super) fn elements_per_binding(&self, element_size: u64) -> u64 {
        (self.bytes_per_binding() / element_size).min(1 << 31)
    }
}

/// Where a tensor begins in its buffer, and the size of its elements, in bytes.
#[derive(Clone, Copy, Debug)]
pub(super) struct Placement {
    pub offset: u64,
    pub element_size: u64,
}

impl Placement {
    pub(super) fn starts_on_vector(&self) -> bool {
        let vector = Lanes::Four.count() * self.element_size;
        self.offset.is_multiple_of(vector)
    }
}

/// One dispatch over the same range of every tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Step {
    pub lanes: Lanes,
    /// Elements in the range.
    pub elements: u32,
    /// What one invocation writes at a time: a vector, an element, or a word of two 16-bit elements.
    pub items: u32,
    /// Width and height of the grid, in workgroups.
    pub grid: (u32, u32),
    /// Per tensor: the bytes that are bound, and where the range starts in them, in loads of `lanes`
    /// elements.
    pub bindings: Vec<Binding>,
}

/// What is bound of one tensor.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Binding {
    pub bytes: Range<u64>,
    pub first: u32,
}

/// Covers `len` elements of tensors, the last of which is written.
///
/// The vectors of four come first where every tensor starts on one; what remains, and tensors that
/// start inside a vector, go element by element. A range is never larger than one binding.
pub(super) fn plan(limits: &Limits, len: u64, tensors: &[Placement]) -> Vec<Step> {
    let in_vectors = if tensors.iter().all(Placement::starts_on_vector) {
        len - len % Lanes::Four.count()
    } else {
        0
    };
    let mut steps = Vec::new();
    for (lanes, elements) in [(Lanes::Four, 0..in_vectors), (Lanes::One, in_vectors..len)] {
        let limit = elements_per_range(limits, tensors, lanes);
        let mut start = elements.start;
        while start < elements.end {
            let end = elements.end.min(start + limit);
            steps.push(step(limits, lanes, start..end, tensors));
            start = end;
        }
    }
    steps
}

/// The most elements of one range: a binding's, less what aligning its start may add.
pub(super) fn elements_per_range(limits: &Limits, tensors: &[Placement], lanes: Lanes) -> u64 {
    let largest = tensors.iter().map(|tensor| tensor.element_size).max();
    let item = lanes.count() * largest.unwrap_or(WORD);
    let block = u64::from(Shader::WORKGROUP * Shader::STEPS);
    let rows = u64::from(limits.max_workgroups_per_dimension);
    // Half of u32, so that rounding the grid up cannot overflow an index.
    let grid = block.saturating_mul(rows).saturating_mul(rows);
    let items = (limits.bytes_per_binding() / item)
        .min(grid)
        .min((1 << 31) / lanes.count());
    items.max(1) * lanes.count()
}

/// The dispatch over a range of the elements of every tensor.
pub(super) fn step(
    limits: &Limits,
    lanes: Lanes,
    elements: Range<u64>,
    tensors: &[Placement],
) -> Step {
    let bindings = tensors.iter().map(|tensor| {
        let Binding { bytes, first } = window(limits, tensor, elements.clone());
        Binding {
            bytes,
            first: first / lanes.count() as u32,
        }
    });
    let bindings: Vec<Binding> = bindings.collect();
    let len = (elements.end - elements.start) as u32;
    let result = tensors.iter().zip(&bindings).next_back();
    let items = match (lanes, result) {
        (Lanes::Four, _) => len / Lanes::Four.count() as u32,
        (Lanes::One, Some((tensor, binding))) if tensor.element_size < WORD => {
            (binding.first % 2 + len).div_ceil(2)
        }
        (Lanes::One, _) => len,
    };
    Step {
        lanes,
        elements: len,
        items,
        grid: grid(limits, items),
        bindings,
    }
}

/// What is bound of a tensor to reach a range of its elements, and where they start there, in elements.
pub(super) fn window(limits: &Limits, tensor: &Placement, elements: Range<u64>) -> Binding {
    let start = tensor.offset + elements.start * tensor.element_size;
    let aligned = start - start % limits.offset_alignment;
    let end = tensor.offset + elements.end * tensor.element_size;
    Binding {
        bytes: aligned..end.next_multiple_of(WORD),
        first: ((start - aligned) / tensor.element_size) as u32,
    }
}

/// A grid with a workgroup for every block of items.
pub(super) fn grid(limits: &Limits, items: u32) -> (u32, u32) {
    fold(limits, items.div_ceil(Shader::WORKGROUP * Shader::STEPS))
}

/// A grid of so many workgroups: one row if it fits, else as near to their number as whole rows allow.
pub(super) fn fold(limits: &Limits, groups: u32) -> (u32, u32) {
    let rows = groups.div_ceil(limits.max_workgroups_per_dimension).max(1);
    (groups.div_ceil(rows), rows)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    /// The elements of a tensor that the kernel touches, from the same arithmetic as the WGSL.
    fn touched(limits: &Limits, steps: &[Step], tensor: usize, size: u64) -> Vec<Range<u64>> {
        steps
            .iter()
            .map(|step| {
                let binding = &step.bindings[tensor];
                let (width, height) = step.grid;
                assert!(width <= limits.max_workgroups_per_dimension);
                assert!(height <= limits.max_workgroups_per_dimension);
                let invocations = u64::from(width)
                    * u64::from(height)
                    * u64::from(Shader::WORKGROUP * Shader::STEPS);
                assert!(invocations >= u64::from(step.items));
                assert!(invocations <= u64::from(u32::MAX));
                assert!(binding.bytes.start.is_multiple_of(limits.offset_alignment));
                assert!(binding.bytes.end.is_multiple_of(WORD));
                assert!(binding.bytes.end - binding.bytes.start <= limits.max_binding_bytes);
                let loaded = step.lanes.count() * size;
                let start = binding.bytes.start + u64::from(binding.first) * loaded;
                let end = start + u64::from(step.elements) * size;
                assert!(end <= binding.bytes.end);
                start / size..end / size
            })
            .collect()
    }

    /// The words or vectors that the items stand for hold the range's elements, none in vain.
    fn check_items(steps: &[Step], result_size: u64) {
        for step in steps {
            let written = match (step.lanes, step.bindings.last()) {
                (Lanes::One, Some(binding)) if result_size == 2 => {
                    let halves = binding.first % 2..binding.first % 2 + step.elements;
                    halves.end.div_ceil(2) - halves.start / 2
                }
                (lanes, _) => {
                    assert!(u64::from(step.elements).is_multiple_of(lanes.count()));
                    step.elements / lanes.count() as u32
                }
            };
            assert_eq!(step.items, written);
        }
    }

    proptest! {
        #[test]
        fn every_element_is_covered_once_and_nothing_else(
            len in 0_u64..5_000_000,
            tensors in prop::collection::vec((0_u64..2_000, prop::sample::select(vec![2_u64, 4])), 1..=3),
            whole_vectors in any::<bool>(),
            binding in 1024_u64..200_000,
            alignment in prop::sample::select(vec![4_u64, 16, 32, 64, 256]),
            max_workgroups in prop_oneof![40_u32..65_536, Just(1 << 30), Just(u32::MAX)],
        ) {
            let limits = Limits {
                max_binding_bytes: binding,
                offset_alignment: alignment,
                max_workgroups_per_dimension: max_workgroups,
            };
            let unit = if whole_vectors { 4 } else { 1 };
            let tensors: Vec<_> = tensors
                .iter()
                .map(|&(at, element_size)| Placement { offset: at * unit * element_size, element_size })
                .collect();
            let steps = plan(&limits, len, &tensors);
            check_items(&steps, tensors.last().map_or(0, |result| result.element_size));
            for (index, tensor) in tensors.iter().enumerate() {
                let first = tensor.offset / tensor.element_size;
                let mut next = first;
                for range in touched(&limits, &steps, index, tensor.element_size) {
                    prop_assert_eq!(range.start, next);
                    prop_assert!(range.end > range.start);
                    next = range.end;
                }
                prop_assert_eq!(next, first + len);
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
