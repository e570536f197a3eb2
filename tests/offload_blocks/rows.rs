use half::{bf16, f16};
use wgpu_activations::{Element, Offload, RowActivation, Rows};

use super::common::gpu;
use super::{BRAIN, BUFFER, HALF, assert_same, narrowed, numbers, single, small};

/// Slabs of several buffers, in odd numbers of columns and of rows.
const SHAPES: [(&[u64], i64); 4] = [
    (&[4, 40_003], 0),
    (&[3, 7, 3, 1667], 1),
    (&[2, 33, 4001], 1),
    (&[1, 20_001], 0),
];

fn forward<T: Element, U: Element>(
    gpu: &Offload,
    activation: &RowActivation,
    rows: &Rows,
    input: &[T],
) -> Vec<U> {
    let mut output = vec![U::zeroed(); input.len()];
    gpu.forward_rows_into(activation, rows, input, &mut output)
        .expect("forward");
    output
}

/// Both passes over tensors of these types: of the input and the output's gradient, of the output, and of the
/// input's gradient.
fn check<T: Element, U: Element, V: Element>(
    (shape, axis): (&[u64], i64),
    activation: &RowActivation,
    narrow: fn(f32) -> T,
) {
    let rows = Rows::along(shape, axis).expect("a shape");
    let len = rows.elements() as usize;
    let [x, grad] = [1, 2].map(|seed| numbers(len, seed));
    let x: Vec<_> = x.into_iter().map(|x| 9.0 * x).collect();
    let [x, grad] = [x, grad].map(|numbers| narrowed(&numbers, narrow));
    let what = format!("{activation:?} over {rows:?}");

    let y: Vec<U> = forward(gpu(), activation, &rows, &x);
    assert_same(&forward(small(), activation, &rows, &x), &y, &what);

    let [mut whole, mut blocks] = [(); 2].map(|()| vec![V::zeroed(); len]);
    for (gpu, grad_x) in [(gpu(), &mut whole), (small(), &mut blocks)] {
        gpu.backward_rows_into(activation, &rows, &y, &grad, grad_x)
            .expect("backward");
    }
    assert_same(&blocks, &whole, &what);
}

#[test]
fn slabs_larger_than_a_buffer_give_the_same_bits() {
    for (shape, axis) in SHAPES {
        let slab: u64 = shape[axis as usize..].iter().product();
        assert!(slab * 4 > BUFFER);
        check::<f32, f32, f32>((shape, axis), &RowActivation::softmax(), single);
    }
    let log_softmax = RowActivation::log_softmax();
    let scaled = log_softmax.with_scale(0.5).expect("finite");
    check::<f32, f32, f32>(SHAPES[0], &scaled, single);
}

#[test]
fn of_every_dtype() {
    let softmin = RowActivation::softmin();
    for shape in SHAPES {
        // In place on the device, with a tensor for the result, and of three types.
        check::<f16, f16, f16>(shape, &softmin, HALF);
        check::<bf16, bf16, bf16>(shape, &softmin, BRAIN);
        check::<f32, f16, bf16>(shape, &softmin, single);
        check::<bf16, f32, f16>(shape, &softmin, BRAIN);
    }
}

/// Rows of which no two fit into a buffer, and then none.
#[test]
fn a_row_has_to_fit() {
    let softmax = RowActivation::softmax();
    let rows = Rows::along(&[2, 16_000, 3], 1).expect("a shape");
    let x = vec![0.5_f32; rows.elements() as usize];
    let y = small().forward_rows(&softmax, &rows, &x).expect("forward");
    assert!(
        y.iter().all(|&y| (y * 16_000.0 - 1.0).abs() < 1e-6),
        "{:?}",
        y[0]
    );

    let rows = Rows::along(&[17_000, 3], 0).expect("a shape");
    let error = small().forward_rows(&softmax, &rows, &[0.5_f32; 51_000]);
    assert_eq!(
        error.expect_err("too long").to_string(),
        "17000 elements have to be computed together, 68000 bytes as f32, but a buffer of the device holds \
         65536; store 16 bits, or choose another adapter"
    );
}
