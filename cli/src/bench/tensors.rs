//! Tensors on the device, more of them than a cache holds.

use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};
use wgpu_activations::half::{bf16, f16};
use wgpu_activations::{Dtype, Offload, TensorError, TensorView};

use super::BenchError;

/// What all sets take together, where one does not take it: more than caches hold.
const SETS_BYTES: u64 = 512 << 20;

/// More are of no use.
const MOST_SETS: u64 = 64;

/// Tensors of one operation.
pub(super) struct Set {
    pub(super) input: TensorView,
    pub(super) grad_output: TensorView,
    pub(super) output: TensorView,
}

impl Set {
    /// Their first elements.
    pub(super) fn first(&self, elements: u64) -> Result<Self, TensorError> {
        Ok(Self {
            input: self.input.slice(0..elements)?,
            grad_output: self.grad_output.slice(0..elements)?,
            output: self.output.slice(0..elements)?,
        })
    }
}

/// As many sets of tensors as it takes, so that none is in a cache when its turn comes.
pub(super) fn sets(gpu: &Offload, elements: u64, dtype: Dtype) -> Result<Vec<Set>, BenchError> {
    let limit = gpu.device().limits().max_buffer_size / dtype.size();
    if elements > limit {
        return Err(BenchError::Elements {
            elements,
            dtype,
            limit,
        });
    }
    let bytes = (elements * dtype.size()).next_multiple_of(4);
    let count = SETS_BYTES.div_ceil(3 * bytes).min(MOST_SETS);
    // As a layer's outputs are: zeros would flatter caches and arithmetic that ends early.
    let mut random = StdRng::seed_from_u64(1);
    let mut normal = || -> Vec<f32> {
        let values = StandardNormal.sample_iter(&mut random);
        values.take(elements as usize).collect()
    };
    let [input, grad_output] = [normal(), normal()].map(|values| stored(&values, dtype));
    let tensor = |label, contents: &[u8]| {
        let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: bytes,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        gpu.queue().write_buffer(&buffer, 0, contents);
        TensorView::new(&buffer, dtype, 0, elements)
    };
    (0..count)
        .map(|_| {
            let set = Set {
                input: tensor("input", &input)?,
                grad_output: tensor("grad_output", &grad_output)?,
                // Written, so that no driver has still to find memory for it.
                output: tensor("output", &input)?,
            };
            // Sends what is written, so that not all of it waits in staging.
            let nothing = gpu.device().create_command_encoder(&Default::default());
            gpu.submit(nothing.finish())?;
            Ok(set)
        })
        .collect()
}

/// Values as a tensor has them in memory, up to a multiple of four bytes.
fn stored(values: &[f32], dtype: Dtype) -> Vec<u8> {
    let mut bytes: Vec<u8> = match dtype {
        Dtype::F32 => bytemuck::cast_slice(values).to_vec(),
        Dtype::F16 => values
            .iter()
            .flat_map(|&value| f16::from_f32(value).to_ne_bytes())
            .collect(),
        _ => values
            .iter()
            .flat_map(|&value| bf16::from_f32(value).to_ne_bytes())
            .collect(),
    };
    bytes.resize(bytes.len().next_multiple_of(4), 0);
    bytes
}
