use proptest::prelude::*;

use super::*;

fn limits(max_binding_bytes: u64, offset_alignment: u64) -> Limits {
    Limits {
        max_binding_bytes,
        offset_alignment,
        max_workgroups_per_dimension: 65_535,
    }
}

/// The channel of an element, as `parameters_at` in the WGSL finds it, in the same integers.
fn channel_of(step: &ElementStep, element: u32) -> u32 {
    let lanes = step.step.lanes.count() as u32;
    let element = match step.neighbours {
        Neighbours::All => return step.first,
        Neighbours::Vector => element - element % lanes,
        Neighbours::None => element,
    };
    let index = step.first_inner.checked_add(element).expect("32 bits");
    let run = index / step.inner;
    step.first.checked_add(run).expect("32 bits") % step.count
}

/// The elements that a step reaches of each channel, by the arithmetic of the WGSL; each with the part that
/// it belongs to.
fn summed(plan: &SumPlan, step: &SumStep, tensor: usize, size: u64) -> Vec<(u32, u32, u64)> {
    let binding = &step.bindings[tensor];
    let base = binding.bytes.start / size + u64::from(binding.first);
    let mut summed = Vec::new();
    for channel in 0..step.channels {
        for element in 0..step.len {
            let run = element / step.run;
            let within = element - run * step.run;
            let at = run * step.run_stride + within + channel * step.channel_stride;
            let at = base + u64::from(at);
            assert!((at + 1) * size <= binding.bytes.end);
            summed.push((step.first_channel + channel, element / plan.part_len, at));
        }
    }
    summed
}

fn shapes() -> impl Strategy<Value = [u64; 3]> {
    prop_oneof![
        [1_u64..30, 1_u64..200, 1_u64..20],
        [1_u64..3, 5_000_u64..40_000, 1_u64..3],
        [1_u64..3, 1_u64..5, 20_000_u64..60_000],
        [20_000_u64..60_000, 1_u64..4, 1_u64..2],
    ]
}

fn tensors() -> impl Strategy<Value = Vec<Placement>> {
    let element_size = prop::sample::select(vec![2_u64, 4]);
    let tensor = (0_u64..2_000, element_size).prop_map(|(at, element_size)| Placement {
        offset: at * element_size,
        element_size,
    });
    prop::collection::vec(tensor, 2..=3)
}

proptest! {
    #[test]
    fn every_element_has_its_channel(
        shape in shapes(),
        tensors in tensors(),
        binding in 16_384_u64..200_000,
        alignment in prop::sample::select(vec![4_u64, 32, 256]),
        columns in 1_u32..8,
    ) {
        let limits = limits(binding, alignment);
        let channels = Rows::along(&shape, 1).unwrap();
        let mut seen = Vec::new();
        for block in blocks(&limits, &channels, columns, 0) {
            let table = (block.end - block.start) * u64::from(columns) * VALUE_SIZE;
            prop_assert!(table <= binding);
            for step in element_steps(&limits, &channels, &block, &tensors) {
                let bound = &step.step.bindings[0];
                let size = tensors[0].element_size;
                let first = u64::from(bound.first) * step.step.lanes.count();
                let base = bound.bytes.start / size + first - tensors[0].offset / size;
                for element in 0..step.step.elements {
                    let at = base + u64::from(element);
                    let channel = u64::from(channel_of(&step, element));
                    prop_assert!(block.start + channel < block.end);
                    prop_assert_eq!(block.start + channel, at / shape[2] % shape[1]);
                    seen.push(at);
                }
            }
        }
        seen.sort_unstable();
        prop_assert!(seen.into_iter().eq(0..channels.elements()));
    }

    #[test]
    fn every_element_is_summed_once_in_its_channel(
        shape in shapes(),
        tensors in tensors(),
        binding in 16_384_u64..200_000,
        alignment in prop::sample::select(vec![4_u64, 32, 256]),
        gradients in 1_u32..8,
    ) {
        let limits = limits(binding, alignment);
        let channels = Rows::along(&shape, 1).unwrap();
        for (index, tensor) in tensors.iter().enumerate() {
            let mut seen = Vec::new();
            for block in blocks(&limits, &channels, 1, gradients) {
                let plan = SumPlan::new(&limits, &channels, &block, &tensors, gradients);
                let sums = (block.end - block.start) * u64::from(plan.parts * gradients);
                prop_assert!(sums * SUM_SIZE <= binding);
                let mut started = std::collections::HashSet::new();
                for step in &plan.steps {
                    let bytes = &step.bindings[index].bytes;
                    prop_assert!(bytes.start.is_multiple_of(alignment));
                    prop_assert!(bytes.end - bytes.start <= binding);
                    for (channel, part, at) in summed(&plan, step, index, tensor.element_size) {
                        let at = at - tensor.offset / tensor.element_size;
                        prop_assert_eq!(block.start + u64::from(channel), at / shape[2] % shape[1]);
                        prop_assert!(part < plan.parts);
                        // A sum begins in the first step that has its channel, and in no other.
                        if step.is_first {
                            started.insert((channel, part));
                        }
                        prop_assert!(started.contains(&(channel, part)));
                        seen.push(at);
                    }
                    if step.is_first {
                        let again = plan.steps.iter().filter(|other| {
                            other.is_first && other.first_channel == step.first_channel
                        });
                        prop_assert_eq!(again.count(), 1);
                    }
                }
            }
            seen.sort_unstable();
            prop_assert!(seen.into_iter().eq(0..channels.elements()));
        }
    }
}

/// Runs of more elements than 32 bits can count through stand alone.
#[test]
fn long_runs_are_of_one_channel() {
    let limits = limits(1 << 32, 256);
    let tensors = [Placement {
        offset: 0,
        element_size: 2,
    }; 2];
    let channels = Rows::along(&[2, 3, (1 << 32) + 6], 1).unwrap();
    let mut end = 0;
    for block in blocks(&limits, &channels, 1, 1) {
        for step in element_steps(&limits, &channels, &block, &tensors) {
            let last = end + u64::from(step.step.elements) - 1;
            for (at, element) in [(end, 0), (last, step.step.elements - 1)] {
                let channel = u64::from(channel_of(&step, element));
                assert_eq!(channel, at / channels.inner() % 3);
            }
            end = last + 1;
        }
    }
    assert_eq!(end, channels.elements());
}

#[test]
fn teams_are_as_large_as_their_channels() {
    let plan = |shape: &[u64], axis| {
        let channels = Rows::along(shape, axis).unwrap();
        let tensors = [Placement {
            offset: 0,
            element_size: 4,
        }; 2];
        let block = 0..channels.len();
        let plan = SumPlan::new(&limits(1 << 27, 256), &channels, &block, &tensors, 1);
        (plan.team.threads, plan.team.is_interleaved, plan.parts)
    };
    assert_eq!(plan(&[1_000_000, 40], 0), (2, false, 1));
    assert_eq!(plan(&[8, 64, 56, 56], 1), (256, false, 4));
    assert_eq!(plan(&[1, 1, 20_000_000], 0), (256, false, 1024));
    assert_eq!(plan(&[32_768, 64], 1), (4, true, 256));
    assert_eq!(plan(&[4096, 4096], 1), (1, true, 64));
}
