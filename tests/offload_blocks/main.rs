//! Tensors in which a row, with those that lie between its elements, is larger than any buffer of the device pass
//! in blocks, and give bit for bit what a device does that holds them.

#[path = "../common/mod.rs"]
mod common;
mod cross_entropy;
mod gated;
mod masks;
mod rows;
mod streams;

use std::sync::LazyLock;

use half::{bf16, f16};
use wgpu_activations::Offload;

/// The largest buffer of the smaller device: 16 384 elements of f32.
const BUFFER: u64 = 1 << 16;

/// A device on the same adapter whose buffers are small.
fn small() -> &'static Offload {
    static GPU: LazyLock<Offload> = LazyLock::new(|| {
        let adapter = common::adapter();
        let limits = wgpu::Limits {
            max_buffer_size: BUFFER,
            max_storage_buffer_binding_size: BUFFER,
            ..adapter.limits()
        };
        pollster::block_on(Offload::open_with_limits(adapter, limits)).expect("lower limits")
    });
    &GPU
}

/// Numbers from -1 to 1, in some order.
fn numbers(count: usize, mut state: u32) -> Vec<f32> {
    let next = || {
        state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        (state >> 8) as f32 / (1 << 23) as f32 - 1.0
    };
    std::iter::repeat_with(next).take(count).collect()
}

fn single(number: f32) -> f32 {
    number
}

fn narrowed<T>(numbers: &[f32], narrow: fn(f32) -> T) -> Vec<T> {
    numbers.iter().map(|&number| narrow(number)).collect()
}

const HALF: fn(f32) -> f16 = f16::from_f32;
const BRAIN: fn(f32) -> bf16 = bf16::from_f32;

/// Holds two tensors to the same bits.
fn assert_same<T: bytemuck::Pod>(actual: &[T], expected: &[T], what: &str) {
    assert_eq!(actual.len(), expected.len(), "{what}");
    let bytes = |elements: &[T]| -> Vec<u8> { bytemuck::cast_slice(elements).to_vec() };
    let (actual, expected) = (bytes(actual), bytes(expected));
    let wrong = actual.iter().zip(&expected).position(|(a, b)| a != b);
    let size = size_of::<T>();
    assert_eq!(
        wrong.map(|byte| byte / size),
        None,
        "{what}: elements differ from there"
    );
}
