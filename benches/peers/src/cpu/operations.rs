//! The operations, as people write them with the standard library.

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
