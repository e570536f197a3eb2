//! Masks on the device, with what they say of each element of the tensor.

use wgpu::util::DeviceExt as _;
use wgpu_activations::reference::rows as exact;
use wgpu_activations::{BoolView, Dtype, Mask, RowActivation};

use super::common::guarded::{Guarded, rounded};
use super::common::run;
use super::common::subject::Subject;
use super::subject::{Tensor, check_backward, compare, read, split};

/// A mask of a tensor.
pub(crate) struct Masked {
    pub(crate) mask: Mask,
    /// As the reference takes it.
    parts: Vec<Option<f64>>,
}

impl Masked {
    pub(crate) fn additive(
        gpu: &Subject,
        (shape, axis): (&[u64], i64),
        mask_shape: &[u64],
        values: &[f32],
        (dtype, offset): Tensor,
    ) -> Self {
        let view = Guarded::new(&gpu.device, dtype, values, offset).view;
        let part = |at: usize| Some(rounded(dtype, values[at]).into());
        Self {
            mask: Mask::additive(shape, axis, mask_shape, &view).expect("a mask"),
            parts: places(shape, mask_shape).map(part).collect(),
        }
    }

    pub(crate) fn boolean(
        gpu: &Subject,
        (shape, axis): (&[u64], i64),
        mask_shape: &[u64],
        values: &[u8],
        byte_offset: usize,
    ) -> Self {
        // What is around it says the contrary of what is inside.
        let mut bytes = vec![u8::from(values[0] == 0); byte_offset];
        bytes.extend(values);
        bytes.resize(bytes.len().next_multiple_of(4), 1);
        let buffer = gpu
            .device
            .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("mask"),
                contents: &bytes,
                usage: wgpu::BufferUsages::STORAGE,
            });
        let view = BoolView::new(&buffer, byte_offset as u64, values.len() as u64);
        let part = |at: usize| (values[at] != 0).then_some(0.0);
        Self {
            mask: Mask::boolean(shape, axis, mask_shape, &view.expect("inside")).expect("a mask"),
            parts: places(shape, mask_shape).map(part).collect(),
        }
    }

    pub(crate) fn causal((shape, axis): (&[u64], i64), offset: Option<i64>) -> Self {
        let mask = match offset {
            Some(offset) => Mask::causal_from(shape, axis, offset),
            None => Mask::causal(shape, axis),
        };
        let axis = axis.rem_euclid(shape.len() as i64) as usize;
        let (queries, keys) = (shape[axis - 1] as i64, shape[axis] as i64);
        let offset = offset.unwrap_or(keys - queries);
        let count = shape.iter().product();
        let part = |element: u64| {
            let indices = indices(shape, element);
            let (query, key) = (indices[axis - 1] as i64, indices[axis] as i64);
            (key <= query + offset).then_some(0.0)
        };
        Self {
            mask: mask.expect("a mask"),
            parts: (0..count).map(part).collect(),
        }
    }

    fn compare(
        &self,
        activation: &RowActivation,
        inputs: &[f32],
        results: &[f32],
        dtype: Dtype,
    ) -> f64 {
        let parts = split(self.mask.rows(), &self.parts);
        let expected = |row: usize, x: &[f64]| exact::forward_masked(activation, x, &parts[row]);
        let rows = self.mask.rows();
        compare(activation, rows, inputs, results, dtype, expected)
    }
}

/// What a function makes forward of a tensor of f32 under a mask.
pub(crate) fn results(
    gpu: &Subject,
    activation: &RowActivation,
    mask: &Mask,
    values: &[f32],
) -> Vec<f32> {
    let tensor = Guarded::new(&gpu.device, Dtype::F32, values, 0);
    let prepared = gpu
        .kernels
        .forward_rows_masked_in_place(activation, mask, &tensor.view)
        .expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    read(gpu, &tensor)
}

/// A number's indices along axes.
fn indices(shape: &[u64], mut number: u64) -> Vec<u64> {
    let mut indices = vec![0; shape.len()];
    for (index, len) in indices.iter_mut().zip(shape).rev() {
        *index = number % len;
        number /= len;
    }
    indices
}

/// For each element of a tensor the number of its mask's, as NumPy broadcasts.
fn places(shape: &[u64], mask: &[u64]) -> impl Iterator<Item = usize> {
    let count: u64 = shape.iter().product();
    (0..count).map(move |element| {
        let indices = indices(shape, element);
        let aligned = indices[shape.len() - mask.len()..].iter().zip(mask);
        let place = aligned.fold(0, |place, (index, len)| {
            place * len + if *len == 1 { 0 } else { *index }
        });
        place as usize
    })
}

/// Runs a function forward under a mask, out of place and in place, and checks every result; the largest
/// error in ULP.
pub(crate) fn check_masked(
    gpu: &Subject,
    activation: &RowActivation,
    masked: &Masked,
    values: &[f32],
    [input, output]: [Tensor; 2],
) -> f64 {
    let worst = check_masked_forward(gpu, activation, masked, values, [input, output]);
    worst.max(check_masked_in_place(
        gpu, activation, masked, values, input,
    ))
}

/// The first of these alone: compilers take long for each.
pub(crate) fn check_masked_forward(
    gpu: &Subject,
    activation: &RowActivation,
    masked: &Masked,
    values: &[f32],
    [input, output]: [Tensor; 2],
) -> f64 {
    let inputs: Vec<f32> = values.iter().map(|&x| rounded(input.0, x)).collect();
    let device = &gpu.device;
    let source = Guarded::new(device, input.0, &inputs, input.1);
    let target = Guarded::new(device, output.0, &vec![7.0; inputs.len()], output.1);
    let prepared = gpu
        .kernels
        .forward_rows_masked(activation, &masked.mask, &source.view, &target.view)
        .expect("prepared");
    run(device, &gpu.queue, |encoder| prepared.encode(encoder));
    masked.compare(activation, &inputs, &read(gpu, &target), output.0)
}

/// The second.
pub(crate) fn check_masked_in_place(
    gpu: &Subject,
    activation: &RowActivation,
    masked: &Masked,
    values: &[f32],
    (dtype, offset): Tensor,
) -> f64 {
    let inputs: Vec<f32> = values.iter().map(|&x| rounded(dtype, x)).collect();
    let tensor = Guarded::new(&gpu.device, dtype, &inputs, offset);
    let prepared = gpu
        .kernels
        .forward_rows_masked_in_place(activation, &masked.mask, &tensor.view)
        .expect("prepared");
    run(&gpu.device, &gpu.queue, |encoder| prepared.encode(encoder));
    masked.compare(activation, &inputs, &read(gpu, &tensor), dtype)
}

/// Runs a function backward from its results under a mask, which tell what that left out.
pub(crate) fn check_gradients(
    gpu: &Subject,
    activation: &RowActivation,
    masked: &Masked,
    values: &[f32],
) -> f64 {
    let outputs = results(gpu, activation, &masked.mask, values);
    let gradients: Vec<f32> = values.iter().rev().copied().collect();
    let rows = masked.mask.rows();
    let tensors = [(Dtype::F32, 0); 3];
    check_backward(gpu, activation, rows, [&outputs, &gradients], tensors)
}
