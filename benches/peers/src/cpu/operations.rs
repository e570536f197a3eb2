//! The operations, as people write them with the standard library.

use rayon::prelude::*;

use super::{elementwise, over_rows};

type Forward = Box<dyn Fn(&[f32], &mut [f32])>;
/// Of the input, what forward returned, the gradient of that, and the gradient to write.
type Backward = Box<dyn Fn(&[f32], &[f32], &[f32], &mut [f32])>;

/// An operation, forward and backward over whole tensors.
pub(super) struct Operation {
    pub(super) name: &'static str,
    pub(super) forward: Forward,
    pub(super) backward: Backward,
}

/// Those of `burn/src/operations.rs` and `pytorch_speed.py`, with the library's default parameters.
pub(super) fn operations(row: usize) -> Vec<Operation> {
    let mut operations = elementwise::operations();
    operations.extend(over_rows::operations(row));
    operations
}

/// Calls `f` for each part of an output, on all threads, with the part of the input that goes with it; each comes
/// with the length of its parts.
pub(super) fn each_part(
    (output, len): (&mut [f32], usize),
    (input, input_len): (&[f32], usize),
    f: impl Fn(&mut [f32], &[f32]) + Sync,
) {
    let parts = output.par_chunks_mut(len).zip(input.par_chunks(input_len));
    parts.for_each(|(output, input)| f(output, input));
}

/// The same of two inputs.
pub(super) fn each_part_of_two(
    (output, len): (&mut [f32], usize),
    (first, first_len): (&[f32], usize),
    (second, second_len): (&[f32], usize),
    f: impl Fn(&mut [f32], &[f32], &[f32]) + Sync,
) {
    let seconds = second.par_chunks(second_len);
    let parts = output.par_chunks_mut(len).zip(first.par_chunks(first_len));
    let parts = parts.zip(seconds);
    parts.for_each(|((output, first), second)| f(output, first, second));
}
