//! Which dispatches cover a gated unit's tensors: pure arithmetic, no GPU.

use crate::kernels::plan::{Limits, Placement, Step, elements_per_range, grid, plan, step, window};
use crate::shader::Lanes;
use crate::tensor::Halves;

/// Covers `len` elements of views, the last of which is written, or the last two.
pub(super) fn views(
    limits: &Limits,
    len: u64,
    tensors: &[Placement],
    has_two_results: bool,
) -> Vec<Step> {
    let steps = plan(limits, len, tensors).into_iter();
    let item = |step| item(limits, step, has_two_results);
    steps.map(item).collect()
}

/// Covers a tensor of halves, as many whole rows of them at a time as can be bound, or `None` where not
/// even one can. Each tensor comes with whether it holds both halves; the others are half as large.
pub(super) fn halves(
    limits: &Limits,
    halves: &Halves,
    tensors: &[(Placement, bool)],
    has_two_results: bool,
) -> Option<Vec<Step>> {
    if halves.elements() == 0 {
        return Some(Vec::new());
    }
    let run = halves.run();
    let placements: Vec<_> = tensors.iter().map(|(placement, _)| *placement).collect();
    let is_aligned = run.is_multiple_of(Lanes::Four.count())
        && placements.iter().all(Placement::starts_on_vector);
    let lanes = if is_aligned { Lanes::Four } else { Lanes::One };
    let reach = elements_per_range(limits, &placements, lanes) / (2 * run);
    if reach == 0 {
        return None;
    }
    let outer = halves.rows().outer();
    let steps = (0..outer).step_by(reach as usize).map(|start| {
        let end = outer.min(start + reach);
        let mut step = step(limits, lanes, start * run..end * run, &placements);
        for (binding, (placement, holds_both)) in step.bindings.iter_mut().zip(tensors) {
            if *holds_both {
                *binding = window(limits, placement, 2 * start * run..2 * end * run);
                binding.first /= lanes.count() as u32;
            }
        }
        item(limits, step, has_two_results)
    });
    Some(steps.collect())
}

/// With two results an item is no word, because a word may hold an element of each.
fn item(limits: &Limits, step: Step, has_two_results: bool) -> Step {
    let items = match has_two_results {
        true => step.elements / step.lanes.count() as u32,
        false => step.items,
    };
    Step {
        items,
        grid: grid(limits, items),
        ..step
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::shader::Shader;
    use crate::tensor::Gate;

    /// The elements that a step reaches in one tensor, of which each item holds so many, from the same
    /// arithmetic as the WGSL.
    fn touched(step: &Step, tensor: usize, size: u64, at: impl Fn(u64) -> u64) -> Vec<u64> {
        let binding = &step.bindings[tensor];
        let lanes = step.lanes.count();
        let loads = u64::from(step.elements) / lanes;
        let loads = (0..loads).map(|load| u64::from(binding.first) + at(load));
        let elements = loads.flat_map(|load| load * lanes..(load + 1) * lanes);
        let start = binding.bytes.start / size;
        let inside = |element| {
            assert!((start + element + 1) * size <= binding.bytes.end);
            start + element
        };
        elements.map(inside).collect()
    }

    fn check_step(limits: &Limits, step: &Step, two_results: bool, result_size: u64) {
        let (width, height) = step.grid;
        assert!(width.max(height) <= limits.max_workgroups_per_dimension);
        let block = u64::from(Shader::WORKGROUP * Shader::STEPS);
        let invocations = u64::from(width) * u64::from(height) * block;
        assert!(invocations >= u64::from(step.items) && invocations <= u64::from(u32::MAX));
        let loads = step.elements / step.lanes.count() as u32;
        assert_eq!(u64::from(loads) * step.lanes.count(), step.elements.into());
        if two_results || step.lanes == Lanes::Four || result_size == 4 {
            assert_eq!(step.items, loads);
        }
        for binding in &step.bindings {
            let bytes = &binding.bytes;
            assert!(bytes.start.is_multiple_of(limits.offset_alignment));
            assert!(bytes.end - bytes.start <= limits.max_binding_bytes);
        }
    }

    proptest! {
        #[test]
        fn every_element_of_both_halves_is_reached_once(
            shape in prop_oneof![
                (1_u64..300, 1_u64..40, 1_u64..20),
                (1_u64..4, 1_u64..10_000, 1_u64..8),
            ],
            tensors in prop::collection::vec((0_u64..500, prop::sample::select(vec![2_u64, 4])), 3),
            whole_vectors in any::<bool>(),
            two_results in any::<bool>(),
            binding in 1024_u64..400_000,
            alignment in prop::sample::select(vec![4_u64, 32, 256]),
            max_workgroups in prop_oneof![3_u32..80, Just(65_535)],
        ) {
            let limits = Limits {
                max_binding_bytes: binding,
                offset_alignment: alignment,
                max_workgroups_per_dimension: max_workgroups,
            };
            let (outer, half, inner) = shape;
            let tensor = Halves::along(&[outer, 2 * half, inner], 1, Gate::First).unwrap();
            let (run, starts) = (half * inner, tensor.starts());
            let unit = if whole_vectors { 4 } else { 1 };
            let tensors: Vec<_> = tensors
                .iter()
                .zip([true, false, true])
                .map(|(&(at, element_size), holds_both)| {
                    (Placement { offset: at * unit * element_size, element_size }, holds_both)
                })
                .collect();
            let largest = tensors.iter().map(|(placement, _)| placement.element_size).max();
            let Some(steps) = halves(&limits, &tensor, &tensors, two_results) else {
                let fits = limits.elements_per_binding(largest.unwrap()) >= 2 * run + 4;
                let grid = 1024 * u64::from(max_workgroups).pow(2) >= 2 * run;
                prop_assert!(!fits || !grid);
                return Ok(());
            };
            for (index, (placement, holds_both)) in tensors.iter().enumerate() {
                let size = placement.element_size;
                let mut all = Vec::new();
                for step in &steps {
                    check_step(&limits, step, two_results, tensors[2].0.element_size);
                    let half = run / step.lanes.count();
                    if *holds_both {
                        for start in starts {
                            let start = start / step.lanes.count();
                            all.extend(touched(step, index, size, |load| load + load / half * half + start));
                        }
                    } else {
                        all.extend(touched(step, index, size, |load| load));
                    }
                }
                all.sort_unstable();
                let first = placement.offset / size;
                let len = outer * run * if *holds_both { 2 } else { 1 };
                prop_assert!(all.into_iter().eq(first..first + len));
            }
        }

        #[test]
        fn every_element_of_views_is_reached_once(
            len in 0_u64..60_000,
            tensors in prop::collection::vec((0_u64..500, prop::sample::select(vec![2_u64, 4])), 5),
            two_results in any::<bool>(),
            binding in 1024_u64..400_000,
        ) {
            let limits = Limits {
                max_binding_bytes: binding,
                offset_alignment: 256,
                max_workgroups_per_dimension: 40,
            };
            let tensors: Vec<_> = tensors
                .iter()
                .map(|&(at, element_size)| Placement { offset: at * element_size, element_size })
                .collect();
            let steps = views(&limits, len, &tensors, two_results);
            for (index, placement) in tensors.iter().enumerate() {
                let mut all = Vec::new();
                for step in &steps {
                    check_step(&limits, step, two_results, tensors[4].element_size);
                    all.extend(touched(step, index, placement.element_size, |load| load));
                }
                let first = placement.offset / placement.element_size;
                prop_assert!(all.into_iter().eq(first..first + len));
            }
        }
    }
}
