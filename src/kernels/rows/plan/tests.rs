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
            (1_u64..3, 2_000_u64..9_000, 1_u64..3),
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
        let plan = Plan::new(&limits, &rows, &tensors, None, KEPT_STEPS).unwrap();
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
            let block = plan.team.threads * plan.team.steps;
            prop_assert!(!plan.team.is_single_block || step.part_len <= block);
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
        let team = team(&Rows::along(shape, axis).unwrap(), KEPT_STEPS);
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
fn rows_that_fit_are_kept() {
    let steps = |len: u64, inner: u64, most_steps| {
        let team = team(&Rows::along(&[10, len, inner], 1).unwrap(), most_steps);
        (team.steps, team.is_single_block)
    };
    for (len, kept) in [(0, 1), (2048, 8), (2049, 12), (3073, 16), (8192, 32)] {
        assert_eq!(steps(len, 1, KEPT_STEPS), (kept, true), "{len}");
    }
    assert_eq!(steps(8193, 1, KEPT_STEPS), (STEPS, false));
    // One invocation has the row.
    assert_eq!(steps(32, 1000, KEPT_STEPS), (32, true));
    assert_eq!(steps(33, 1000, KEPT_STEPS), (STEPS, false));
    // Nothing is kept for the loss.
    assert_eq!(steps(2048, 1, STEPS), (STEPS, true));
    assert_eq!(steps(2049, 1, STEPS), (STEPS, false));
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
            None,
            KEPT_STEPS,
        );
        plan.unwrap().all_parts
    };
    assert_eq!(parts(&[1, 32_000]), 1);
    assert_eq!(parts(&[1, 1 << 20]), 32);
    assert_eq!(parts(&[1, 100_000_000]), 256);
    assert_eq!(parts(&[64, 1 << 20]), 4);
    assert_eq!(parts(&[10_000, 256_000]), 1);
}
