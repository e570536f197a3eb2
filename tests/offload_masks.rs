//! Masked rows through a device that the library owns, held against their f64 reference.

mod common;

use common::gpu;
use half::{bf16, f16};
use wgpu_activations::reference::rows as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{
    Dtype, Element, HostMask, Input, Job, MaskError, Offload, Output, RowActivation, Rows,
};

/// Numbers from -1 to 1 that repeat.
fn numbers(count: u64) -> impl Iterator<Item = f32> {
    let mut state = 1_u32;
    let next = move || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count as usize)
}

/// Mostly small numbers, some −∞.
fn biases(count: u64) -> Vec<f32> {
    let biases = numbers(count + 1).skip(1);
    let biases = biases.map(|x| if x > 0.7 { f32::NEG_INFINITY } else { 4.0 * x });
    biases.collect()
}

/// Bytes of which about a third are 0.
fn truths(count: u64) -> Vec<u8> {
    let truths = numbers(count + 2).skip(2);
    let truths = truths.map(|x| if x < -0.3 { 0 } else { x.to_bits() as u8 | 1 });
    truths.collect()
}

/// The number of the mask's element that goes with an element of the tensor, as NumPy broadcasts.
fn place(shape: &[u64], mask: &[u64], mut element: u64) -> usize {
    let (mut place, mut stride) = (0, 1);
    let lens = mask.iter().rev().zip(shape.iter().rev());
    for (mask_len, len) in lens {
        place += element % len % mask_len * stride;
        stride *= mask_len;
        element /= len;
    }
    place as usize
}

/// Whether a key comes so early that a query sees it.
fn is_seen(shape: &[u64], axis: usize, offset: i64, element: u64) -> bool {
    let row = element / shape[axis + 1..].iter().product::<u64>();
    let (query, key) = (row / shape[axis] % shape[axis - 1], row % shape[axis]);
    key as i64 <= query as i64 + offset
}

/// Holds every result to the exact one, where `part` says what the mask makes of an element.
fn check<T: Element + Into<f64>, U: Element + Into<f64>>(
    activation: &RowActivation,
    rows: &Rows,
    (input, output): (&[T], &[U]),
    part: impl Fn(u64) -> Option<f64>,
) {
    assert_eq!(output.len() as u64, rows.elements());
    let (len, inner) = (rows.len() as usize, rows.inner() as usize);
    let bound = if U::DTYPE == Dtype::F32 { 8.0 } else { 1.0 };
    for row in 0..rows.count() as usize {
        let start = row / inner * len * inner + row % inner;
        let places: Vec<_> = (0..len).map(|element| start + element * inner).collect();
        let x: Vec<f64> = places.iter().map(|&at| input[at].into()).collect();
        let parts: Vec<_> = places.iter().map(|&at| part(at as u64)).collect();
        let expected = exact::forward_masked(activation, &x, &parts);
        for (at, expected) in places.into_iter().zip(expected) {
            let actual: f64 = output[at].into();
            let error = ulp_error(U::DTYPE, actual as f32, expected, 0.0);
            assert!(
                error <= bound,
                "{activation:?} over {rows:?}, [{at}]: {actual:e} instead of {expected:e}, {error} ULP"
            );
        }
    }
}

/// A tensor of f32 under an additive and a boolean mask.
fn check_both(gpu: &Offload, shape: &[u64], axis: i64, mask_shape: &[u64]) {
    let rows = Rows::along(shape, axis).expect("a shape");
    let x: Vec<f32> = numbers(rows.elements()).map(|x| 9.0 * x).collect();
    let count = mask_shape.iter().product();
    let at = |element| place(shape, mask_shape, element);

    let log_softmax = RowActivation::log_softmax()
        .with_scale(0.5)
        .expect("finite");
    let added = biases(count);
    let mask = HostMask::additive(shape, axis, mask_shape, &added).expect("a mask");
    let y = gpu.forward_rows_masked(&log_softmax, &mask, &x);
    let part = |element| Some(added[at(element)].into());
    check(&log_softmax, &rows, (&x, &y.expect("forward")), part);

    let softmin = RowActivation::softmin();
    let kept = truths(count);
    let mask = HostMask::boolean_bytes(shape, axis, mask_shape, &kept).expect("a mask");
    let y = gpu.forward_rows_masked(&softmin, &mask, &x);
    let part = |element| (kept[at(element)] != 0).then_some(0.0);
    check(&softmin, &rows, (&x, &y.expect("forward")), part);
}

#[test]
fn masks_that_broadcast_and_masks_that_do_not() {
    let gpu = gpu();
    let shape = [2, 3, 17, 40];
    for mask in [
        &[2, 3, 17, 40][..],
        &[2, 1, 1, 40],
        &[1, 1, 17, 40],
        &[2, 1, 17, 1],
        &[40],
        &[],
    ] {
        check_both(gpu, &shape, -1, mask);
        check_both(gpu, &shape, 1, mask);
    }
    for shape in [[0, 40], [17, 0]] {
        check_both(gpu, &shape, -1, &shape);
        check_both(gpu, &shape, -1, &[1]);
    }
}

/// A chunk has 4190 rows of 1001 elements: the second one begins within a mask that is repeated, and within
/// a word of bytes that are streamed.
#[test]
fn masks_of_tensors_in_several_chunks() {
    let gpu = gpu();
    check_both(gpu, &[60, 71, 1001], -1, &[60, 71, 1001]);
    check_both(gpu, &[60, 71, 1001], -1, &[71, 1001]);
}

#[test]
fn causal_masks_know_where_a_chunk_begins() {
    let gpu = gpu();
    let softmax = RowActivation::softmax();
    let shape = [60, 71, 1001];
    let rows = Rows::along(&shape, -1).expect("a shape");
    let x: Vec<f16> = numbers(rows.elements())
        .map(|x| f16::from_f32(9.0 * x))
        .collect();
    let mask = HostMask::causal(&shape, -1).expect("a mask");
    assert_eq!(mask.rows(), &rows);
    let y = gpu
        .forward_rows_masked(&softmax, &mask, &x)
        .expect("forward");
    let part = |element| is_seen(&shape, 2, 1001 - 71, element).then_some(0.0);
    check(&softmax, &rows, (&x, &y), part);

    let shape = [5, 6, 7];
    let rows = Rows::along(&shape, 1).expect("a shape");
    let x: Vec<f32> = numbers(rows.elements()).collect();
    for offset in [-3, 0, 2, 100] {
        let mask = HostMask::causal_from(&shape, 1, offset).expect("a mask");
        let y = gpu
            .forward_rows_masked(&softmax, &mask, &x)
            .expect("forward");
        let part = |element| is_seen(&shape, 1, offset, element).then_some(0.0);
        check(&softmax, &rows, (&x, &y), part);
    }
}

#[test]
fn a_row_longer_than_a_chunk_and_every_dtype() {
    let gpu = gpu();
    let softmax = RowActivation::softmax();
    for (shape, mask_shape) in [
        (&[1, 4_200_001][..], &[4_200_001][..]),
        (&[1001, 33], &[33]),
        (&[1001, 33], &[1001, 1]),
    ] {
        let rows = Rows::along(shape, -1).expect("a shape");
        let x: Vec<f32> = numbers(rows.elements()).collect();
        let added = biases(mask_shape.iter().product());
        let added: Vec<_> = added.into_iter().map(bf16::from_f32).collect();
        let mask = HostMask::additive(shape, -1, mask_shape, &added).expect("a mask");
        // With a tensor of its own for the result.
        let mut y = vec![f16::NAN; x.len()];
        let (input, output) = (Input::slice(&x), Output::slice(&mut y));
        gpu.run(Job::forward_rows_masked(&softmax, &mask, input, output))
            .expect("forward");
        let part = |element| Some(added[place(shape, mask_shape, element)].into());
        check(&softmax, &rows, (&x, &y), part);
    }
}

#[test]
fn truth_values_of_rust_and_the_async_form() {
    let gpu = gpu();
    let kept = [true, false, true];
    let mask = HostMask::boolean(&[2, 3], -1, &[3], &kept).expect("a mask");
    // What is left out does no harm.
    let x = [1.0, f32::NAN, 1.0, 5.0, f32::INFINITY, 5.0];
    let softmax = RowActivation::softmax();
    let y = pollster::block_on(gpu.forward_rows_masked_async(&softmax, &mask, &x));
    assert_eq!(y.expect("forward"), [0.5, 0.0, 0.5, 0.5, 0.0, 0.5]);
}

#[test]
fn masks_that_do_not_fit_are_refused() {
    let message = |mask: Result<HostMask<'_>, MaskError>| match mask {
        Ok(mask) => panic!("{mask:?} must be refused"),
        Err(error) => error.to_string(),
    };
    let shape = [2, 3, 4];
    let text = message(HostMask::additive(&shape, -1, &[2, 4], &[0.0_f32; 8]));
    assert!(
        text.contains("[2, 4] does not broadcast to [2, 3, 4]"),
        "{text}"
    );
    let text = message(HostMask::boolean(&shape, -1, &[3, 4], &[true; 11]));
    assert_eq!(
        text,
        "a mask of shape [3, 4] has 12 elements, but 11 are given"
    );
    let bytes = [0; 15];
    let text = message(HostMask::additive_bytes(
        &shape,
        -1,
        &[4],
        Dtype::F32,
        &bytes,
    ));
    assert!(
        text.contains("15 bytes") && text.contains("one f32"),
        "{text}"
    );
    let text = message(HostMask::boolean(&shape, 3, &[4], &[true; 4]));
    assert!(text.contains("-3..=2"), "{text}");
    let text = message(HostMask::causal(&shape, 0));
    assert!(text.contains("axis of queries"), "{text}");

    let mask = HostMask::causal(&shape, -1).expect("a mask");
    let softmax = RowActivation::softmax();
    let error = gpu().forward_rows_masked(&softmax, &mask, &[0.0_f32; 23]);
    assert_eq!(
        error.expect_err("too short").to_string(),
        "the input has 23 elements, but the job has 24; give as many"
    );
}
