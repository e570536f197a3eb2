use wgpu::util::DeviceExt as _;
use wgpu_activations::verify::{Direction, Samples};
use wgpu_activations::{Activation, Offload, Prepared, TensorView};

use crate::Error;

/// Input, gradient and output on the device, and the input on the host.
pub(crate) struct Tensors {
    inputs: Vec<f32>,
    input: TensorView,
    grad_output: TensorView,
    output: TensorView,
}

impl Tensors {
    pub(crate) fn new(gpu: &Offload, elements: u64) -> Result<Self, Error> {
        let limit = gpu.device().limits().max_buffer_size;
        if elements.saturating_mul(4) > limit {
            return Err(format!(
                "{elements} elements are more than the {limit} bytes of a buffer on this adapter; \
                 pass --elements {} or less",
                limit / 4
            )
            .into());
        }
        let inputs = inputs(elements as usize);
        let upload = |label, values: &[f32]| {
            let buffer = gpu
                .device()
                .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: Some(label),
                    contents: bytemuck::cast_slice(values),
                    usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
                });
            TensorView::f32(&buffer)
        };
        let output = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("output"),
            size: elements * 4,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::COPY_SRC
                | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        Ok(Self {
            input: upload("input", &inputs)?,
            grad_output: upload("grad_output", &vec![1.0; inputs.len()])?,
            output: TensorView::f32(&output)?,
            inputs,
        })
    }

    pub(crate) fn inputs(&self) -> &[f32] {
        &self.inputs
    }

    pub(crate) fn prepare(
        &self,
        gpu: &Offload,
        activation: &Activation,
        direction: Direction,
    ) -> Result<Prepared, Error> {
        let kernels = gpu.kernels();
        Ok(match direction {
            Direction::Forward => kernels.forward(activation, &self.input, &self.output)?,
            Direction::Backward => {
                kernels.backward(activation, &self.input, &self.grad_output, &self.output)?
            }
        })
    }

    /// The bytes that any implementation has to read and write.
    pub(crate) fn bytes_moved(&self, direction: Direction) -> u64 {
        let tensors = match direction {
            Direction::Forward => 2,
            Direction::Backward => 3,
        };
        tensors * 4 * self.input.len()
    }

    /// Records a plain copy of the input to the output.
    pub(crate) fn encode_copy(&self, encoder: &mut wgpu::CommandEncoder) {
        let (from, to) = (self.input.buffer(), self.output.buffer());
        encoder.copy_buffer_to_buffer(from, 0, to, 0, from.size());
    }

    pub(crate) fn read_output(&self, gpu: &Offload) -> Result<Vec<f32>, Error> {
        let output = self.output.buffer();
        let staging = gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some("read-back"),
            size: output.size(),
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(output, 0, &staging, 0, output.size());
        encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
        gpu.queue().submit([encoder.finish()]);
        gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
        let view = staging.get_mapped_range(..)?;
        Ok(bytemuck::cast_slice(&view).to_vec())
    }
}

/// Edge cases and all magnitudes first, for the error; then what a network's layer looks like, for
/// the time.
fn inputs(elements: usize) -> Vec<f32> {
    let samples = Samples {
        spaced: elements.min(1 << 18),
        ..Samples::default()
    };
    let mut inputs = samples.inputs(&Activation::identity());
    inputs.truncate(elements);
    let mut state = 1_u32;
    let mut uniform = || {
        state = state.wrapping_mul(747_796_405).wrapping_add(2_891_336_453);
        f64::from(state >> 8) / f64::from(1 << 24)
    };
    inputs.resize_with(elements, || {
        // Irwin–Hall: the sum of twelve uniform values is nearly normal.
        let sum: f64 = (0..12).map(|_| uniform()).sum();
        (3.0 * (sum - 6.0)) as f32
    });
    inputs
}
