//! The example's own kernel, with and without the activation in its epilogue.

use wgpu::util::DeviceExt as _;
use wgpu_activations::{Activation, Offload};

use crate::{Error, Sizes};

/// As in `matmul.wgsl`.
pub(crate) const TILE: u32 = 16;

/// What becomes of each sum, with the buffers that this takes from binding 3 on.
pub(crate) enum Epilogue {
    /// `z = sum + bias`.
    Biased,
    /// `z = sum + bias, output = GELU(z)`.
    BiasedGelu,
    /// `gradient = sum`.
    Plain,
    /// `gradient = sum · GELU′(z)`.
    GeluGradient,
}

impl Epilogue {
    fn wgsl(&self) -> &'static str {
        match self {
            Self::Biased => {
                "@group(0) @binding(3) var<storage, read> bias: array<f32>;
                 @group(0) @binding(4) var<storage, read_write> z: array<f32>;
                 fn finish(at: u32, column: u32, sum: f32) {
                     z[at] = sum + bias[column];
                 }"
            }
            Self::BiasedGelu => {
                "@group(0) @binding(3) var<storage, read> bias: array<f32>;
                 @group(0) @binding(4) var<storage, read_write> z: array<f32>;
                 @group(0) @binding(5) var<storage, read_write> output: array<f32>;
                 fn finish(at: u32, column: u32, sum: f32) {
                     let x = sum + bias[column];
                     z[at] = x;
                     output[at] = gelu_forward(x);
                 }"
            }
            Self::Plain => {
                "@group(0) @binding(3) var<storage, read_write> gradient: array<f32>;
                 fn finish(at: u32, column: u32, sum: f32) {
                     gradient[at] = sum;
                 }"
            }
            Self::GeluGradient => {
                "@group(0) @binding(3) var<storage, read> z: array<f32>;
                 @group(0) @binding(4) var<storage, read_write> gradient: array<f32>;
                 fn finish(at: u32, column: u32, sum: f32) {
                     gradient[at] = sum * gelu_derivative(z[at]);
                 }"
            }
        }
    }

    fn uses_gelu(&self) -> bool {
        matches!(self, Self::BiasedGelu | Self::GeluGradient)
    }
}

/// A product of given matrices, ready to be recorded.
pub(crate) struct Matmul {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    grid: (u32, u32),
}

impl Matmul {
    /// Of the first two buffers; the others are the epilogue's.
    pub(crate) fn new(
        gpu: &Offload,
        sizes: Sizes,
        epilogue: &Epilogue,
        buffers: &[&wgpu::Buffer],
    ) -> Result<Self, Error> {
        let device = gpu.device();
        // All it takes to have the activation in a kernel of one's own is to put its text before the kernel's.
        let gelu = if epilogue.uses_gelu() {
            Activation::gelu().wgsl()?
        } else {
            String::new()
        };
        let wgsl = [&gelu, include_str!("matmul.wgsl"), epilogue.wgsl()].join("\n");
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("matmul"),
            source: wgpu::ShaderSource::Wgsl(wgsl.into()),
        });
        let pipeline = device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
            label: Some("matmul"),
            layout: None,
            module: &module,
            entry_point: None,
            compilation_options: Default::default(),
            cache: None,
        });
        let uniform = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("sizes"),
            contents: bytemuck::cast_slice(&[sizes.rows, sizes.columns, sizes.inner, 0]),
            usage: wgpu::BufferUsages::UNIFORM,
        });
        let bound = std::iter::once(&uniform).chain(buffers.iter().copied());
        let entries: Vec<_> = (0..)
            .zip(bound)
            .map(|(binding, buffer)| wgpu::BindGroupEntry {
                binding,
                resource: buffer.as_entire_binding(),
            })
            .collect();
        Ok(Self {
            group: device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: Some("matmul"),
                layout: &pipeline.get_bind_group_layout(0),
                entries: &entries,
            }),
            pipeline,
            grid: (sizes.columns.div_ceil(TILE), sizes.rows.div_ceil(TILE)),
        })
    }

    pub(crate) fn dispatch(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.dispatch_workgroups(self.grid.0, self.grid.1, 1);
    }
}
