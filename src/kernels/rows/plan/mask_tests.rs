use proptest::prelude::*;

use super::*;
use crate::activation::RowActivation;
use crate::kernels::rows::settings::Settings;

/// A number's indices along axes.
fn indices(shape: &[u64], mut number: u64) -> Vec<u64> {
    let mut indices = vec![0; shape.len()];
    for (index, len) in indices.iter_mut().zip(shape).rev() {
        *index = number % len;
        number /= len;
    }
    indices
}

/// Which element of a mask goes with an element of a tensor, as NumPy broadcasts.
fn broadcast(shape: &[u64], mask: &[u64], element: u64) -> u64 {
    let indices = indices(shape, element);
    let aligned = indices[shape.len() - mask.len()..].iter().zip(mask);
    aligned.fold(0, |place, (index, len)| {
        place * len + if *len == 1 { 0 } else { *index }
    })
}

/// `mask_start` and the index of the kernels' load, in the WGSL's arithmetic.
fn place(settings: &Settings, tensors: usize, row: u32, element: u32) -> u32 {
    let term = |[first, divisor, len, stride]: [u32; 4], x: u32| {
        ((first + x) / divisor % len).wrapping_mul(stride)
    };
    let slabs = &settings.slabs[..settings.slab_terms as usize];
    let columns = &settings.columns[..settings.column_terms as usize];
    let start = slabs
        .iter()
        .map(|words| term(*words, row / settings.inner))
        .chain(
            columns
                .iter()
                .map(|words| term(*words, row % settings.inner)),
        )
        .fold(0, u32::wrapping_add);
    settings.first[tensors]
        .wrapping_add(start)
        .wrapping_add(element.wrapping_mul(settings.mask_stride))
}

/// The element of the whole tensor that is a step's.
fn element_of(step: &Step, rows: &Rows, row: u32, element: u32) -> u64 {
    let (slab, column) = (u64::from(row) / rows.inner(), u64::from(row) % rows.inner());
    let slab = step.region.slabs.start + slab;
    let element = step.region.elements.start + u64::from(element);
    (slab * rows.len() + element) * rows.inner() + step.region.columns.start + column
}

/// Some slabs of a tensor with its mask, and where both lie.
#[derive(Clone, Debug)]
struct Case {
    shape: Vec<u64>,
    axis: i64,
    mask: Vec<u64>,
    slabs: Range<u64>,
    tensors: Vec<Placement>,
    placement: Placement,
    limits: Limits,
}

impl Case {
    /// Checks, of elements that `chosen` takes, where their mask is sought.
    fn check(&self, chosen: impl Fn(u32) -> Vec<u32>) {
        let rows = Rows::along(&self.shape, self.axis).unwrap();
        let rows = rows.with_outer(self.slabs.end - self.slabs.start);
        let before = self.slabs.start * rows.len() * rows.inner();
        let broadcast_of = Broadcast {
            first_slab: self.slabs.start,
            ..Broadcast::new(&self.shape, self.axis, &self.mask).unwrap()
        };
        let mask = MaskPlacement {
            placement: self.placement,
            broadcast: &broadcast_of,
        };
        let plan = Plan::new(&self.limits, &rows, &self.tensors, Some(&mask), KEPT_STEPS).unwrap();
        let mut covered = 0;
        for step in &plan.steps {
            let softmax = RowActivation::softmax();
            let settings = Settings::new(&softmax, &rows, plan.team, step);
            let settings = settings.with_broadcast(&broadcast_of, step);
            let binding = step.bindings.last().unwrap();
            let bytes = &binding.bytes;
            assert!(bytes.start.is_multiple_of(self.limits.offset_alignment));
            assert!(bytes.end - bytes.start <= self.limits.max_binding_bytes);
            if step.stage != Stage::Summarise {
                covered += u64::from(step.rows) * u64::from(step.len);
            }
            for row in chosen(step.rows) {
                for element in chosen(step.len) {
                    let place = u64::from(place(&settings, self.tensors.len(), row, element));
                    let size = self.placement.element_size;
                    let byte = bytes.start + place * size;
                    assert!(byte + size <= bytes.end, "{self:?}");
                    let whole = before + element_of(step, &rows, row, element);
                    let expected = broadcast(&self.shape, &self.mask, whole);
                    assert_eq!(byte, self.placement.offset + expected * size, "{self:?}");
                }
            }
        }
        assert_eq!(covered, rows.elements());
    }
}

fn placements() -> impl Strategy<Value = Placement> {
    let size = prop::sample::select(vec![1_u64, 2, 4]);
    (0_u64..2000, size).prop_map(|(at, element_size)| Placement {
        offset: at * element_size,
        element_size,
    })
}

prop_compose! {
    fn cases()(
        shape in prop_oneof![
            prop::collection::vec(1_u64..9, 1..=6),
            prop::collection::vec(1_u64..50, 2..=3),
            (1_u64..3, 60_u64..90, 1_u64..3, 50_u64..90).prop_map(|(a, b, c, d)| vec![a, b, c, d]),
        ],
        axis in 0_usize..6,
        repeated in prop::collection::vec(any::<bool>(), 6),
        missing in 0_usize..6,
        ends in any::<[prop::sample::Index; 2]>(),
        tensors in prop::collection::vec(placements(), 1..=2),
        placement in placements(),
        binding in 2000_u64..30_000,
        alignment in prop::sample::select(vec![4_u64, 32, 256]),
    ) -> Case {
        let lens = shape.iter().zip(repeated);
        let mask: Vec<_> = lens.map(|(len, repeated)| if repeated { 1 } else { *len }).collect();
        let axis = axis % shape.len();
        let outer: u64 = shape[..axis].iter().product();
        let [a, b] = ends.map(|end| end.index(outer as usize) as u64);
        Case {
            axis: axis as i64,
            slabs: a.min(b)..a.max(b) + 1,
            mask: mask[missing % (shape.len() + 1)..].to_vec(),
            shape,
            tensors,
            placement,
            limits: Limits {
                max_binding_bytes: binding,
                offset_alignment: alignment,
                max_workgroups_per_dimension: 65_535,
            },
        }
    }
}

proptest! {
    #[test]
    fn every_element_finds_its_mask(case in cases()) {
        let inner: u64 = case.shape[case.axis as usize + 1..].iter().product();
        prop_assume!(inner * 4 + 256 < case.limits.max_binding_bytes);
        case.check(|count| (0..count).collect());
    }
}

/// Masks that begin anew within a step, and places beyond 32 bits.
#[test]
fn masks_larger_than_a_binding() {
    for (shape, axis, mask) in [
        (&[3, 70_000, 70_000][..], 2, &[70_000, 70_000][..]),
        (&[2, 2, 70_000, 70_000], 3, &[2, 1, 70_000, 70_000]),
        (&[2, 70_000, 3, 70_000], 1, &[70_000, 1, 70_000]),
        (&[2, 70_000, 70_000], 1, &[2, 1, 70_000]),
        (&[2, 5_000_000_000], 1, &[5_000_000_000]),
        (&[5_000_000_000 / 16, 16], 1, &[5_000_000_000 / 16, 1]),
    ] {
        let case = Case {
            shape: shape.to_vec(),
            axis,
            mask: mask.to_vec(),
            slabs: 0..shape[..axis as usize].iter().product(),
            tensors: vec![Placement {
                offset: 16,
                element_size: 2,
            }],
            placement: Placement {
                offset: 1 << 33,
                element_size: 1,
            },
            limits: Limits {
                max_binding_bytes: 1 << 27,
                offset_alignment: 256,
                max_workgroups_per_dimension: 65_535,
            },
        };
        let spread = |count: u32| [0, 1, count / 3, count / 2, count - 1].map(|n| n.min(count - 1));
        case.check(|count| spread(count).to_vec());
    }
}

/// A mask that takes half a binding begins anew twice in the tensor.
#[test]
fn a_mask_is_bound_as_rarely_as_possible() {
    let limits = Limits {
        max_binding_bytes: 1256,
        offset_alignment: 256,
        max_workgroups_per_dimension: 65_535,
    };
    let rows = Rows::along(&[3, 30, 10], -1).unwrap();
    let broadcast = Broadcast::new(&[3, 30, 10], -1, &[30, 10]).unwrap();
    let placement = Placement {
        offset: 0,
        element_size: 4,
    };
    let mask = MaskPlacement {
        placement,
        broadcast: &broadcast,
    };
    let plan = Plan::new(&limits, &rows, &[placement], Some(&mask), KEPT_STEPS).unwrap();
    let slabs: Vec<_> = plan
        .steps
        .iter()
        .map(|step| step.region.slabs.clone())
        .collect();
    // 25 slabs, or as many as are left of one that the mask goes with.
    assert_eq!(slabs, [0..25, 25..30, 30..55, 55..60, 60..85, 85..90]);
}

#[test]
fn queries_see_the_keys_up_to_their_own() {
    let (queries, keys) = (5_u64, 7);
    let rows = Rows::along(&[2, queries, keys], -1).unwrap();
    let broadcast = Broadcast::of_queries(&rows, queries);
    // A row in two bindings: the second begins with some element that is not the first.
    let limits = Limits {
        max_binding_bytes: 256 + 16,
        offset_alignment: 256,
        max_workgroups_per_dimension: 65_535,
    };
    let placement = Placement {
        offset: 0,
        element_size: 4,
    };
    let plan = Plan::new(&limits, &rows, &[placement], None, KEPT_STEPS).unwrap();
    assert!(plan.all_parts > 1);
    for offset in [-9, -5, -1, 0, 2, 6, 7, i64::MIN, i64::MAX] {
        for step in &plan.steps {
            let softmax = RowActivation::softmax();
            let settings = Settings::new(&softmax, &rows, plan.team, step);
            let settings = settings
                .with_broadcast(&broadcast, step)
                .with_causal(offset, step);
            for (row, element) in
                (0..step.rows).flat_map(|row| (0..step.len).map(move |e| (row, e)))
            {
                let query = place(
                    &Settings {
                        first: [0; 4],
                        ..settings
                    },
                    0,
                    row,
                    0,
                );
                let seen = element + settings.behind < query + settings.ahead;
                let indices = indices(&[2, queries, keys], element_of(step, &rows, row, element));
                let (query, key) = (i128::from(indices[1]), i128::from(indices[2]));
                assert_eq!(
                    seen,
                    key <= query + i128::from(offset),
                    "{indices:?} {offset}"
                );
            }
        }
    }
}
