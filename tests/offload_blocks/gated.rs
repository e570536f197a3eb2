use half::{bf16, f16};
use wgpu_activations::{Element, Gate, GatedActivation, Halves};

use super::common::gpu;
use super::{BRAIN, assert_same, narrowed, numbers, single, small};

fn check<T: Element, U: Element>((shape, axis, gate): (&[u64], i64, Gate), narrow: fn(f32) -> T) {
    let swiglu = GatedActivation::swiglu();
    let halves = Halves::along(shape, axis, gate).expect("an even axis");
    let len = halves.elements() as usize;
    let input = narrowed(&numbers(len, 1), narrow);
    let grad = numbers(len / 2, 2);
    let [blocks, whole] = [small(), gpu()].map(|gpu| {
        let mut output = vec![U::zeroed(); len / 2];
        gpu.forward_gated_into(&swiglu, &halves, &input, &mut output)
            .expect("forward");
        let mut grads = vec![U::zeroed(); len];
        gpu.backward_gated_into(&swiglu, &halves, &input, &grad, &mut grads)
            .expect("backward");
        (output, grads)
    });
    let what = format!("{halves:?}");
    assert_same(&blocks.0, &whole.0, &what);
    assert_same(&blocks.1, &whole.1, &what);
}

#[test]
fn halves_longer_than_a_buffer_give_the_same_bits() {
    for layout in [
        (&[80_002][..], 0, Gate::First),
        (&[3, 4, 10_001], 1, Gate::Second),
        (&[2, 40_006], -1, Gate::First),
    ] {
        check::<f32, f32>(layout, single);
        check::<bf16, bf16>(layout, BRAIN);
        check::<f32, f16>(layout, single);
    }
}
