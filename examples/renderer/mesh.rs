//! The pipeline that draws the surface, and the textures that it draws into.

use wgpu::util::DeviceExt as _;

use crate::field::{PLANES, SIDE};

const DEPTH: wgpu::TextureFormat = wgpu::TextureFormat::Depth32Float;

pub(crate) struct Mesh {
    pipeline: wgpu::RenderPipeline,
    group: wgpu::BindGroup,
    indices: wgpu::Buffer,
    index_count: u32,
    format: wgpu::TextureFormat,
    samples: u32,
}

/// What a picture of one size needs beside itself.
pub(crate) struct Targets {
    depth: wgpu::TextureView,
    /// Where several samples of each pixel are drawn, where they are.
    samples: Option<wgpu::TextureView>,
}

impl Mesh {
    pub(crate) fn new(
        device: &wgpu::Device,
        frame: &wgpu::Buffer,
        format: wgpu::TextureFormat,
        samples: u32,
    ) -> Self {
        let pipeline = pipeline(device, format, samples);
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("surface"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &[wgpu::BindGroupEntry {
                binding: 0,
                resource: frame.as_entire_binding(),
            }],
        });
        let indices = triangles();
        Self {
            pipeline,
            group,
            indices: device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
                label: Some("triangles"),
                contents: bytemuck::cast_slice(&indices),
                usage: wgpu::BufferUsages::INDEX,
            }),
            index_count: indices.len() as u32,
            format,
            samples,
        }
    }

    pub(crate) fn targets(&self, device: &wgpu::Device, (width, height): (u32, u32)) -> Targets {
        let view = |label, format| {
            let texture = device.create_texture(&wgpu::TextureDescriptor {
                label: Some(label),
                size: wgpu::Extent3d {
                    width,
                    height,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: self.samples,
                dimension: wgpu::TextureDimension::D2,
                format,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT,
                view_formats: &[],
            });
            texture.create_view(&Default::default())
        };
        Targets {
            depth: view("depth", DEPTH),
            samples: (self.samples > 1).then(|| view("samples", self.format)),
        }
    }

    pub(crate) fn record(
        &self,
        encoder: &mut wgpu::CommandEncoder,
        targets: &Targets,
        picture: &wgpu::TextureView,
        background: [f32; 3],
        planes: [wgpu::BufferSlice<'_>; PLANES as usize],
    ) {
        let (view, resolve_target) = match &targets.samples {
            Some(samples) => (samples, Some(picture)),
            None => (picture, None),
        };
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            label: Some("surface"),
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view,
                depth_slice: None,
                resolve_target,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(self.stored(background)),
                    store: wgpu::StoreOp::Store,
                },
            })],
            depth_stencil_attachment: Some(wgpu::RenderPassDepthStencilAttachment {
                view: &targets.depth,
                depth_ops: Some(wgpu::Operations {
                    load: wgpu::LoadOp::Clear(1.0),
                    store: wgpu::StoreOp::Discard,
                }),
                stencil_ops: None,
            }),
            ..Default::default()
        });
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        for (slot, plane) in (0..).zip(planes) {
            pass.set_vertex_buffer(slot, plane);
        }
        pass.set_index_buffer(self.indices.slice(..), wgpu::IndexFormat::Uint32);
        pass.draw_indexed(0..self.index_count, 0, 0..1);
    }

    /// A colour in linear light, as the picture's format takes it.
    fn stored(&self, colour: [f32; 3]) -> wgpu::Color {
        let [r, g, b] = colour.map(|component| match self.format.is_srgb() {
            true => f64::from(component),
            false => f64::from(component).powf(1.0 / 2.2),
        });
        wgpu::Color { r, g, b, a: 1.0 }
    }
}

/// Two in each square of the grid.
fn triangles() -> Vec<u32> {
    let squares =
        (0..SIDE - 1).flat_map(|row| (0..SIDE - 1).map(move |column| row * SIDE + column));
    squares
        .flat_map(|at| {
            let below = at + SIDE;
            [at, below, at + 1, at + 1, below, below + 1]
        })
        .collect()
}

fn pipeline(
    device: &wgpu::Device,
    format: wgpu::TextureFormat,
    samples: u32,
) -> wgpu::RenderPipeline {
    let wgsl = concat!(include_str!("frame.wgsl"), include_str!("surface.wgsl"));
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("surface"),
        source: wgpu::ShaderSource::Wgsl(wgsl.into()),
    });
    let attributes = [0, 1, 2, 3].map(|shader_location| {
        [wgpu::VertexAttribute {
            format: wgpu::VertexFormat::Float32,
            offset: 0,
            shader_location,
        }]
    });
    let buffers = attributes.each_ref().map(|attributes| {
        Some(wgpu::VertexBufferLayout {
            array_stride: 4,
            step_mode: wgpu::VertexStepMode::Vertex,
            attributes,
        })
    });
    let constants = [
        ("SIDE", f64::from(SIDE)),
        ("ENCODES", f64::from(u8::from(format.is_srgb()))),
    ];
    let compilation_options = wgpu::PipelineCompilationOptions {
        constants: &constants,
        ..Default::default()
    };
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: Some("surface"),
        layout: None,
        vertex: wgpu::VertexState {
            module: &module,
            entry_point: None,
            compilation_options: compilation_options.clone(),
            buffers: &buffers,
        },
        primitive: Default::default(),
        depth_stencil: Some(wgpu::DepthStencilState {
            format: DEPTH,
            depth_write_enabled: Some(true),
            depth_compare: Some(wgpu::CompareFunction::Less),
            stencil: Default::default(),
            bias: Default::default(),
        }),
        multisample: wgpu::MultisampleState {
            count: samples,
            ..Default::default()
        },
        fragment: Some(wgpu::FragmentState {
            module: &module,
            entry_point: None,
            compilation_options,
            targets: &[Some(format.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}
