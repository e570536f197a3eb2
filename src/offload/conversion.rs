//! Elements in memory, of any type, as the f32 that hold them.

use std::borrow::Cow;

use half::{bf16, f16};

use crate::dtype::Dtype;

/// The elements of a tensor, in the machine's byte order.
pub(super) fn narrowed(dtype: Dtype, values: &[f32]) -> Cow<'_, [u8]> {
    let bytes = |narrow: fn(f32) -> u16| {
        let elements = values.iter().flat_map(|&value| narrow(value).to_ne_bytes());
        Cow::Owned(elements.collect())
    };
    match dtype {
        Dtype::F32 => Cow::Borrowed(bytemuck::cast_slice(values)),
        Dtype::F16 => bytes(|value| f16::from_f32(value).to_bits()),
        Dtype::Bf16 => bytes(|value| bf16::from_f32(value).to_bits()),
    }
}

/// The values of a tensor in the machine's byte order.
pub(super) fn elements(dtype: Dtype, bytes: &[u8]) -> Vec<f32> {
    let words = bytes.as_chunks::<4>().0.iter();
    let halves = bytes.as_chunks::<2>().0.iter();
    match dtype {
        Dtype::F32 => words.map(|word| f32::from_ne_bytes(*word)).collect(),
        dtype => halves.map(|half| widened(dtype, *half)).collect(),
    }
}

/// The value of an element of 16 bits.
pub(super) fn widened(dtype: Dtype, bytes: [u8; 2]) -> f32 {
    match dtype {
        Dtype::F16 => f16::from_ne_bytes(bytes).to_f32(),
        _ => bf16::from_ne_bytes(bytes).to_f32(),
    }
}
