//! Results of consecutive bit patterns, which the device counts itself: nothing is uploaded.

use std::sync::mpsc;

use wgpu_activations::verify::{Direction, Oracle};
use wgpu_activations::{Offload, TensorView};

use crate::Error;

/// Elements that are computed at a time; stands in the shader too.
const ELEMENTS: u32 = 1 << 22;

const COUNT: &str = "
@group(0) @binding(0) var<uniform> first: vec4<u32>;
@group(0) @binding(1) var<storage, read_write> patterns: array<u32>;

@compute @workgroup_size(256)
fn main(@builtin(global_invocation_id) id: vec3<u32>) {
    for (var step = 0u; step < 4u; step += 1u) {
        let index = id.x + (step << 20u);
        patterns[index] = first.x + index;
    }
}
";

/// The tensors on the device, and what counts.
pub(crate) struct Resident {
    input: TensorView,
    grad_output: TensorView,
    output: TensorView,
    read_back: wgpu::Buffer,
    first: wgpu::Buffer,
    count: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
}

impl Resident {
    pub(crate) fn new(gpu: &Offload) -> Result<Self, Error> {
        use wgpu::BufferUsages as Usage;
        let device = gpu.device();
        let buffer = |label, size, usage| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size,
                usage,
                mapped_at_creation: false,
            })
        };
        let bytes = 4 * u64::from(ELEMENTS);
        let tensor = |label| {
            TensorView::f32(&buffer(
                label,
                bytes,
                Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST,
            ))
        };
        let (input, grad_output, output) =
            (tensor("input")?, tensor("grad_output")?, tensor("output")?);
        let ones = vec![1.0_f32; ELEMENTS as usize];
        gpu.queue()
            .write_buffer(grad_output.buffer(), 0, bytemuck::cast_slice(&ones));
        let first = buffer("first pattern", 16, Usage::UNIFORM | Usage::COPY_DST);
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("count"),
            source: wgpu::ShaderSource::Wgsl(COUNT.into()),
        });
        let count = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("count"),
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let entries = [
            first.as_entire_binding(),
            input.buffer().as_entire_binding(),
        ];
        let entries: Vec<_> = (0..)
            .zip(entries)
            .map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource })
            .collect();
        Ok(Self {
            bind_group: device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("count"),
                layout: &count.get_bind_group_layout(0),
                entries: &entries,
            }),
            read_back: buffer("results", bytes, Usage::MAP_READ | Usage::COPY_DST),
            input,
            grad_output,
            output,
            first,
            count,
        })
    }

    /// The results of the bit patterns from `first` on, as many as there is room for.
    pub(crate) fn results_into(
        &self,
        gpu: &Offload,
        oracle: &Oracle,
        first: u32,
        outputs: &mut [f32],
    ) -> Result<(), Error> {
        let (kernels, activation) = (gpu.kernels(), oracle.activation());
        let prepared = match oracle.direction() {
            Direction::Forward => kernels.forward(activation, &self.input, &self.output)?,
            Direction::Backward => {
                kernels.backward(activation, &self.input, &self.grad_output, &self.output)?
            }
        };
        let starts = (first..=u32::MAX).step_by(ELEMENTS as usize);
        for (first, outputs) in starts.zip(outputs.chunks_mut(ELEMENTS as usize)) {
            let first = [first, 0, 0, 0];
            gpu.queue()
                .write_buffer(&self.first, 0, bytemuck::cast_slice(&first));
            let mut encoder = gpu.device().create_command_encoder(&Default::default());
            {
                let mut pass = encoder.begin_compute_pass(&Default::default());
                pass.set_pipeline(&self.count);
                pass.set_bind_group(0, &self.bind_group, &[]);
                pass.dispatch_workgroups(ELEMENTS / 4 / 256, 1, 1);
                prepared.dispatch(&mut pass);
            }
            let bytes = size_of_val(outputs) as u64;
            encoder.copy_buffer_to_buffer(self.output.buffer(), 0, &self.read_back, 0, bytes);
            gpu.queue().submit([encoder.finish()]);
            self.read(gpu, outputs)?;
        }
        Ok(())
    }

    fn read(&self, gpu: &Offload, outputs: &mut [f32]) -> Result<(), Error> {
        let (sender, receiver) = mpsc::channel();
        let bytes = size_of_val(outputs) as u64;
        self.read_back
            .map_async(wgpu::MapMode::Read, ..bytes, move |result| {
                // Nobody waits any more where polling failed.
                let _ = sender.send(result);
            });
        gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
        receiver.recv()??;
        let view = self.read_back.get_mapped_range(..bytes)?;
        bytemuck::cast_slice_mut(outputs).copy_from_slice(&view);
        drop(view);
        self.read_back.unmap();
        Ok(())
    }
}

/// The first of consecutive bit patterns, where these are such.
pub(crate) fn consecutive(inputs: &[f32]) -> Option<u32> {
    let first = inputs.first()?.to_bits();
    let room = u64::from(u32::MAX - first) + 1;
    let is_next = |(expected, input): (u32, &f32)| expected == input.to_bits();
    (inputs.len() as u64 <= room && (first..=u32::MAX).zip(inputs).all(is_next)).then_some(first)
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_activations::Activation;

    #[test]
    fn patterns_are_told_from_other_inputs() {
        let patterns =
            |range: std::ops::RangeInclusive<u32>| range.map(f32::from_bits).collect::<Vec<_>>();
        assert_eq!(consecutive(&patterns(5..=900)), Some(5));
        assert_eq!(
            consecutive(&patterns(u32::MAX - 9..=u32::MAX)),
            Some(u32::MAX - 9)
        );
        assert_eq!(consecutive(&[]), None);
        let mut other = patterns(0..=99);
        other[98] = 1.0;
        assert_eq!(consecutive(&other), None);
        other = patterns(u32::MAX - 1..=u32::MAX);
        other.push(0.0);
        assert_eq!(consecutive(&other), None);
    }

    #[test]
    fn the_device_counts_what_is_judged() {
        let gpu = Offload::new().expect("an adapter: `cargo xtask test` installs one");
        let resident = Resident::new(&gpu).unwrap();
        let step = |direction| Oracle::new(&Activation::absolute(), direction).unwrap();
        // More than are computed at a time, across zero, infinity and NaN of both signs.
        let mut outputs = vec![0.0; ELEMENTS as usize + 99];
        for first in [0x7f7f_ff00, 0x8000_0000 - ELEMENTS] {
            let check = |outputs: &[f32], exact: fn(f32) -> f32| {
                for (pattern, output) in (first..).zip(outputs) {
                    let (input, exact) = (f32::from_bits(pattern), exact(f32::from_bits(pattern)));
                    assert!(
                        exact == *output
                            || input.is_nan() && output.is_nan()
                            || input.is_subnormal(),
                        "{pattern:#x}: {output}"
                    );
                }
            };
            let oracle = step(Direction::Forward);
            resident
                .results_into(&gpu, &oracle, first, &mut outputs)
                .unwrap();
            check(&outputs, f32::abs);
            let oracle = step(Direction::Backward);
            resident
                .results_into(&gpu, &oracle, first, &mut outputs)
                .unwrap();
            check(&outputs, |x| if x == 0.0 { 0.0 } else { x.signum() });
        }
    }
}
