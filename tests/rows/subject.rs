use wgpu_activations::reference::rows as exact;
use wgpu_activations::verify::ulp_error;
use wgpu_activations::{Dtype, RowActivation, RowFunction, Rows};

use super::common::guarded::{Guarded, rounded, value};
use super::common::run;
use super::common::subject::Subject;

/// How far results may be from the exact ones, in ULP of their type.
fn bound(dtype: Dtype) -> f64 {
    if dtype == Dtype::F32 { 8.0 } else { 1.0 }
}

/// A tensor's type, and its offset in elements.
pub(crate) type Tensor = (Dtype, usize);

/// Runs a function forward over rows, and checks every result; the largest error in ULP.
pub(crate) fn check_forward(
    gpu: &Subject,
    activation: &RowActivation,
    rows: &Rows,
    values: &[f32],
    [input, output]: [Tensor; 2],
) -> f64 {
    let inputs: Vec<f32> = values.iter().map(|&x| rounded(input.0, x)).collect();
    let device = &gpu.device;
    let input = Guarded::new(device, input.0, &inputs, input.1);
    let target = Guarded::new(device, output.0, &vec![7.0; inputs.len()], output.1);
    let prepared = gpu
        .kernels
        .forward_rows(activation, rows, &input.view, &target.view)
        .expect("prepared");
    run(device, &gpu.queue, |encoder| prepared.encode(encoder));
    let results = read(gpu, &target);
    check_rows(activation, rows, &inputs, &results, output.0)
}

/// The same in place.
pub(crate) fn check_in_place(
    gpu: &Subject,
    activation: &RowActivation,
    rows: &Rows,
    values: &[f32],
    (dtype, offset): Tensor,
) -> f64 {
    let inputs: Vec<f32> = values.iter().map(|&x| rounded(dtype, x)).collect();
    let tensor = Guarded::new(&gpu.device, dtype, &inputs, offset);
    let prepared = gpu
        .kernels
        .forward_rows_in_place(activation, rows, &tensor.view)
        .expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    check_rows(activation, rows, &inputs, &read(gpu, &tensor), dtype)
}

/// Runs a function backward over rows, from given results and gradients, and checks every gradient; in place
/// too where the gradients' types are the same.
pub(crate) fn check_backward(
    gpu: &Subject,
    activation: &RowActivation,
    rows: &Rows,
    [outputs, gradients]: [&[f32]; 2],
    [output, grad_output, grad_input]: [Tensor; 3],
) -> f64 {
    let device = &gpu.device;
    let round =
        |values: &[f32], dtype| -> Vec<f32> { values.iter().map(|&x| rounded(dtype, x)).collect() };
    let outputs = round(outputs, output.0);
    let gradients = round(gradients, grad_output.0);
    let output = Guarded::new(device, output.0, &outputs, output.1);
    let source = Guarded::new(device, grad_output.0, &gradients, grad_output.1);
    let target = vec![7.0; outputs.len()];
    let target = Guarded::new(device, grad_input.0, &target, grad_input.1);
    let prepared = gpu
        .kernels
        .backward_rows(activation, rows, &output.view, &source.view, &target.view)
        .expect("prepared");
    run(device, &gpu.queue, |encoder| prepared.encode(encoder));
    let results = read(gpu, &target);
    // Gradients of another type are rounded to it, and could not be compared.
    if grad_output.0 == grad_input.0 {
        let prepared = gpu
            .kernels
            .backward_rows_in_place(activation, rows, &output.view, &source.view)
            .expect("prepared");
        run(device, &gpu.queue, |encoder| prepared.encode(encoder));
        assert_eq!(read(gpu, &source), results, "in place");
    }
    let expected = split(rows, &outputs)
        .iter()
        .zip(split(rows, &gradients))
        .flat_map(|(outputs, gradients)| {
            exact::backward(activation, &widened(outputs), &widened(&gradients))
        })
        .collect::<Vec<_>>();
    let results: Vec<f32> = split(rows, &results).concat();
    let mut worst = 0.0_f64;
    for (index, (&result, (expected, term))) in results.iter().zip(expected).enumerate() {
        let error = ulp_error(grad_input.0, result, expected, term);
        assert!(
            error <= bound(grad_input.0),
            "{activation:?} backward over {rows:?}, [{index}]: {result:e} instead of {expected:e}, \
             {error} ULP"
        );
        worst = worst.max(error);
    }
    worst
}

pub(crate) fn widened(values: &[f32]) -> Vec<f64> {
    values.iter().map(|&x| x.into()).collect()
}

pub(crate) fn read(gpu: &Subject, tensor: &Guarded) -> Vec<f32> {
    let bits = tensor.elements(&gpu.device, &gpu.queue);
    let values = bits
        .into_iter()
        .map(|bits| value(tensor.view.dtype(), bits));
    values.collect()
}

/// The elements of each row.
pub(crate) fn split<T: Copy>(rows: &Rows, elements: &[T]) -> Vec<Vec<T>> {
    let (len, inner) = (rows.len() as usize, rows.inner() as usize);
    let slabs = elements.chunks((len * inner).max(1));
    let row = |slab: &[T], at: usize| slab[at..].iter().step_by(inner).copied().collect();
    slabs
        .flat_map(|slab| (0..inner).map(move |at| row(slab, at)))
        .collect()
}

fn check_rows(
    activation: &RowActivation,
    rows: &Rows,
    inputs: &[f32],
    results: &[f32],
    dtype: Dtype,
) -> f64 {
    let expected = |_: usize, row: &[f64]| exact::forward(activation, row);
    compare(activation, rows, inputs, results, dtype, expected)
}

/// Checks the results of each row, whose number and elements `expected` takes.
pub(crate) fn compare(
    activation: &RowActivation,
    rows: &Rows,
    inputs: &[f32],
    results: &[f32],
    dtype: Dtype,
    expected: impl Fn(usize, &[f64]) -> Vec<f64>,
) -> f64 {
    let mut worst = 0.0_f64;
    for (index, (row, results)) in split(rows, inputs)
        .iter()
        .zip(split(rows, results))
        .enumerate()
    {
        let expected = expected(index, &widened(row));
        if dtype == Dtype::F32 && activation.function() != RowFunction::LogSoftmax {
            let [sum, exact]: [f64; 2] =
                [widened(&results), expected.clone()].map(|row| row.iter().sum());
            assert!(
                exact.is_nan() || (sum - exact).abs() <= 1e-6,
                "{activation:?} over {rows:?}, row {index} sums to {sum} instead of {exact}"
            );
        }
        for (at, (&result, &expected)) in results.iter().zip(&expected).enumerate() {
            let error = ulp_error(dtype, result, expected, 0.0);
            assert!(
                error <= bound(dtype),
                "{activation:?} over {rows:?}, row {index}[{at}] = {:e}: {result:e} instead of \
                 {expected:e}, {error} ULP",
                row[at]
            );
            worst = worst.max(error);
        }
    }
    worst
}
