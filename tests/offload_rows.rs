//! Functions of rows through a device that the library owns, held against their f64 reference.

mod common;

use std::io::{self, Read};
use std::ops::ControlFlow;

use common::gpu;
use half::{bf16, f16};
use wgpu_activations::reference::rows as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{
    Dtype, Element, Input, Job, OffloadError, Output, Progress, RowActivation, Rows,
};

/// Values around 0, as wide as they are said to be.
fn values(count: u64, width: f32, mut state: u32) -> Vec<f32> {
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        ((state >> 8) as f32 / (1 << 23) as f32 - 1.0) * width
    };
    std::iter::repeat_with(next).take(count as usize).collect()
}

/// The elements of each row, by their places.
fn places(rows: &Rows) -> impl Iterator<Item = Vec<usize>> {
    let (len, inner) = (rows.len() as usize, rows.inner() as usize);
    (0..rows.count() as usize).map(move |row| {
        let start = row / inner * len * inner + row % inner;
        (0..len).map(|element| start + element * inner).collect()
    })
}

fn widened<T: Copy + Into<f64>>(elements: &[T], places: &[usize]) -> Vec<f64> {
    places.iter().map(|&place| elements[place].into()).collect()
}

/// 8 ULP of f32, or 1 of a type of 16 bits.
fn assert_exact<T: Element + Into<f64>>(actual: T, (expected, term): (f64, f64), place: usize) {
    let actual: f64 = actual.into();
    let bound = if T::DTYPE == Dtype::F32 { 8.0 } else { 1.0 };
    let error = ulp_error(T::DTYPE, actual as f32, expected, term);
    assert!(
        error <= bound,
        "[{place}]: {actual:e} instead of {expected:e}, {error} ULP"
    );
}

fn assert_forward<T: Element + Into<f64>, U: Element + Into<f64>>(
    activation: &RowActivation,
    rows: &Rows,
    input: &[T],
    output: &[U],
) {
    assert_eq!(output.len() as u64, rows.elements());
    for places in places(rows) {
        let expected = exact::forward(activation, &widened(input, &places));
        for (place, expected) in places.into_iter().zip(expected) {
            assert_exact(output[place], (expected, 0.0), place);
        }
    }
}

fn assert_backward<T: Element + Into<f64>, U: Element + Into<f64>, V: Element + Into<f64>>(
    activation: &RowActivation,
    rows: &Rows,
    (output, grad_output): (&[T], &[U]),
    grad_input: &[V],
) {
    for places in places(rows) {
        let (output, gradient) = (widened(output, &places), widened(grad_output, &places));
        let expected = exact::backward(activation, &output, &gradient);
        for (place, expected) in places.into_iter().zip(expected) {
            assert_exact(grad_input[place], expected, place);
        }
    }
}

/// Shapes with an axis: no rows, short rows in several chunks, rows and slabs longer than a chunk, and rows of
/// which few fit into one.
const SHAPES: [(&[u64], i64); 7] = [
    (&[0, 5], -1),
    (&[7], 0),
    (&[3, 5, 4], 1),
    (&[4200, 1001], -1),
    (&[2, 4_200_001], -1),
    (&[1, 3, 1_400_001], 1),
    (&[300_001, 18], 0),
];

#[test]
fn any_shape_goes_through() {
    let gpu = gpu();
    let activations = [
        RowActivation::softmax(),
        RowActivation::log_softmax()
            .with_scale(0.5)
            .expect("finite"),
    ];
    for (shape, axis) in SHAPES {
        let rows = Rows::along(shape, axis).expect("a shape");
        let x = values(rows.elements(), 9.0, 1);
        let grad = values(rows.elements(), 3.0, 2);
        let tried = if x.len() > 1 << 20 { 1 } else { 2 };
        for activation in &activations[..tried] {
            let y = gpu.forward_rows(activation, &rows, &x).expect("forward");
            assert_forward(activation, &rows, &x, &y);
            let grad_x = gpu
                .backward_rows(activation, &rows, &y, &grad)
                .expect("backward");
            assert_backward(activation, &rows, (&y, &grad), &grad_x);
        }
    }
}

#[test]
fn every_dtype_goes_through() {
    let gpu = gpu();
    let softmin = RowActivation::softmin();
    for shape in [[1001, 33], [1, 4_200_001]] {
        let rows = Rows::along(&shape, -1).expect("a shape");
        let x = values(rows.elements(), 9.0, 3);
        // bf16 to itself, in place on the device.
        let brains: Vec<bf16> = x.iter().map(|&x| bf16::from_f32(x)).collect();
        let y = gpu.forward_rows(&softmin, &rows, &brains).expect("forward");
        assert_forward(&softmin, &rows, &brains, &y);
        // f32 to f16, with a tensor for the result.
        let mut halves = vec![f16::NAN; x.len()];
        gpu.forward_rows_into(&softmin, &rows, &x, &mut halves)
            .expect("forward");
        assert_forward(&softmin, &rows, &x, &halves);
        // Three types in one backward pass.
        let mut grad_x = vec![f32::NAN; x.len()];
        let grad = values(rows.elements(), 3.0, 4);
        let grad: Vec<bf16> = grad.into_iter().map(bf16::from_f32).collect();
        gpu.backward_rows_into(&softmin, &rows, &halves, &grad, &mut grad_x)
            .expect("backward");
        assert_backward(&softmin, &rows, (&halves, &grad), &grad_x);
    }
}

#[test]
fn the_async_forms_move_between_threads() {
    fn send<T: Send>(future: T) -> T {
        future
    }
    let gpu = gpu();
    let softmax = RowActivation::softmax();
    let rows = Rows::along(&[10, 10], -1).expect("a shape");
    let x = values(100, 5.0, 5);
    pollster::block_on(async {
        let y = send(gpu.forward_rows_async(&softmax, &rows, &x)).await;
        let y = y.expect("forward");
        assert_forward(&softmax, &rows, &x, &y);
        let grad_x = send(gpu.backward_rows_async(&softmax, &rows, &y, &x)).await;
        assert_backward(&softmax, &rows, (&y, &x), &grad_x.expect("backward"));
    });
}

/// Counts the bytes that are read of it.
struct Counted<'a>(&'a [u8], usize);

impl Read for Counted<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let read = self.0.read(buffer)?;
        self.1 += read;
        Ok(read)
    }
}

#[test]
fn a_long_row_streams_and_can_be_cancelled_before_it_is_there() {
    let gpu = gpu();
    let softmax = RowActivation::softmax();
    let rows = Rows::along(&[30_000_000], 0).expect("a shape");
    let total = rows.elements();
    let zeros = vec![0; total as usize * 4];
    let mut seen: Vec<Progress> = Vec::new();
    let mut output: Vec<u8> = Vec::new();
    let mut on_progress = |progress| {
        seen.push(progress);
        ControlFlow::Continue(())
    };
    let mut reader = Counted(&zeros, 0);
    let job = Job::forward_rows(
        &softmax,
        &rows,
        Input::reader(Dtype::F32, &mut reader),
        Output::writer(Dtype::F32, &mut output),
    );
    gpu.run(job.progress(&mut on_progress)).expect("streamed");
    assert_eq!((reader.0.len(), output.len()), (0, zeros.len()));
    let share = (1.0 / total as f64) as f32;
    assert!(output.chunks_exact(4).all(|y| y == share.to_ne_bytes()));
    let done: Vec<_> = seen.iter().map(|progress| progress.done).collect();
    assert!(done[0] == 0 && done.is_sorted() && done.last() == Some(&total));

    let mut stop = |_| ControlFlow::Break(());
    let mut reader = Counted(&zeros, 0);
    let job = Job::forward_rows(
        &softmax,
        &rows,
        Input::reader(Dtype::F32, &mut reader),
        Output::writer(Dtype::F32, &mut output),
    );
    let cancelled = gpu.run(job.progress(&mut stop));
    assert!(
        matches!(cancelled, Err(OffloadError::Cancelled { done: 0, total: of }) if of == total),
        "{cancelled:?}"
    );
    assert!(reader.1 < zeros.len(), "it read all");
    let row = Rows::along(&[2], 0).expect("a shape");
    let y = gpu.forward_rows(&softmax, &row, &[0.0_f32; 2]);
    assert_eq!(y.expect("the device is still usable"), [0.5; 2]);
}

#[test]
fn what_does_not_fit_is_refused() {
    let gpu = gpu();
    let softmax = RowActivation::softmax();
    let rows = Rows::along(&[2, 4], -1).expect("a shape");
    let error = gpu
        .forward_rows(&softmax, &rows, &[0.0_f32; 9])
        .expect_err("too long");
    assert_eq!(
        error.to_string(),
        "the input has 9 elements, but the job has 8; give as many"
    );
    let error = gpu
        .backward_rows(&softmax, &rows, &[0.5_f32; 8], &[0.0; 7])
        .expect_err("too short");
    assert!(
        error
            .to_string()
            .contains("the gradient of the output has 7"),
        "{error}"
    );
    for (shape, axis) in [(&[3, 1 << 40][..], 1), (&[3, 1 << 40], 0), (&[1 << 63], 0)] {
        let rows = Rows::along(shape, axis).expect("a shape");
        let (mut zeros, mut sink) = (io::repeat(0), io::sink());
        let input = Input::reader(Dtype::F32, &mut zeros);
        let output = Output::writer(Dtype::F16, &mut sink);
        let error = gpu
            .run(Job::forward_rows(&softmax, &rows, input, output))
            .expect_err("no device has such buffers");
        let elements = rows.len() * rows.inner();
        let text = error.to_string();
        assert!(text.starts_with(&format!("{elements} elements")), "{text}");
        // A row itself would be no shorter elsewhere.
        assert_eq!(text.contains("axis"), rows.inner() > 1, "{text}");
    }
}
