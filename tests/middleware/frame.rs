//! A frame of a renderer: its own passes before and after, on buffers that it draws from.

use wgpu::util::DeviceExt as _;
use wgpu_activations::{Dtype, TensorView};

use crate::common::{gpu, run};
use crate::{leaky, leaky_of};

/// The renderer's vertices, each of which is drawn as one pixel of the picture.
const VERTICES: u32 = 64;

/// Where the arena holds the heights, what the library makes of them, and the arguments of the draw, in bytes.
const HEIGHTS: u64 = 0;
const COLOURS: u64 = 256;
const ARGUMENTS: u64 = 512;

const SHADER: &str = "
@group(0) @binding(0) var<storage, read_write> heights: array<f32>;
@group(1) @binding(0) var<uniform> scale: vec4<f32>;

@compute @workgroup_size(64)
fn wave(@builtin(global_invocation_id) id: vec3<u32>) {
    heights[id.x] = f32(id.x) * scale.x - 1.0;
}

// After the library: a scale of both.
@compute @workgroup_size(64)
fn halve(@builtin(global_invocation_id) id: vec3<u32>) {
    let colour = 64u + id.x;
    heights[colour] = heights[colour] * scale.y;
}

struct Pixel {
    @builtin(position) position: vec4<f32>,
    @location(0) value: f32,
}

@vertex
fn vertex(@builtin(vertex_index) index: u32, @location(0) colour: f32) -> Pixel {
    let x = (f32(index) + 0.5) / 32.0 - 1.0;
    return Pixel(vec4<f32>(x, 0.0, 0.0, 1.0), colour);
}

@fragment
fn fragment(pixel: Pixel) -> @location(0) vec4<f32> {
    return vec4<f32>(0.5 + pixel.value, 0.0, 0.0, 1.0);
}
";

struct Renderer {
    arena: wgpu::Buffer,
    picture: wgpu::Texture,
    wave: wgpu::ComputePipeline,
    halve: wgpu::ComputePipeline,
    draw: wgpu::RenderPipeline,
    groups: [wgpu::BindGroup; 2],
}

impl Renderer {
    fn new(device: &wgpu::Device) -> Self {
        let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
            label: Some("renderer"),
            source: wgpu::ShaderSource::Wgsl(SHADER.into()),
        });
        let mut contents = vec![0; ARGUMENTS as usize];
        for argument in [VERTICES, 1, 0, 0] {
            contents.extend(argument.to_le_bytes());
        }
        let arena = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("arena"),
            contents: &contents,
            usage: wgpu::BufferUsages::STORAGE
                | wgpu::BufferUsages::VERTEX
                | wgpu::BufferUsages::INDIRECT,
        });
        let scale = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("scale"),
            contents: bytemuck::cast_slice(&[2.0 / VERTICES as f32, 0.5, 0.0, 0.0]),
            usage: wgpu::BufferUsages::UNIFORM,
        });
        let layout = |ty| {
            device.create_bind_group_layout(&wgpu::BindGroupLayoutDescriptor {
                label: None,
                entries: &[wgpu::BindGroupLayoutEntry {
                    binding: 0,
                    visibility: wgpu::ShaderStages::COMPUTE,
                    ty: wgpu::BindingType::Buffer {
                        ty,
                        has_dynamic_offset: false,
                        min_binding_size: None,
                    },
                    count: None,
                }],
            })
        };
        let layouts = [
            layout(wgpu::BufferBindingType::Storage { read_only: false }),
            layout(wgpu::BufferBindingType::Uniform),
        ];
        let groups = [(&layouts[0], &arena), (&layouts[1], &scale)].map(|(layout, buffer)| {
            device.create_bind_group(&wgpu::BindGroupDescriptor {
                label: None,
                layout,
                entries: &[wgpu::BindGroupEntry {
                    binding: 0,
                    resource: buffer.as_entire_binding(),
                }],
            })
        });
        let pipeline_layout = device.create_pipeline_layout(&wgpu::PipelineLayoutDescriptor {
            label: None,
            bind_group_layouts: &[Some(&layouts[0]), Some(&layouts[1])],
            immediate_size: 0,
        });
        let compute = |entry_point| {
            device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
                label: None,
                layout: Some(&pipeline_layout),
                module: &module,
                entry_point: Some(entry_point),
                compilation_options: Default::default(),
                cache: None,
            })
        };
        Self {
            wave: compute("wave"),
            halve: compute("halve"),
            draw: draw_pipeline(device, &module),
            picture: device.create_texture(&wgpu::TextureDescriptor {
                label: Some("picture"),
                size: wgpu::Extent3d {
                    width: VERTICES,
                    height: 1,
                    depth_or_array_layers: 1,
                },
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: wgpu::TextureFormat::Rgba8Unorm,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
                view_formats: &[],
            }),
            arena,
            groups,
        }
    }

    /// A range of the arena with a number for each vertex.
    fn view(&self, byte: u64) -> TensorView {
        TensorView::new(&self.arena, Dtype::F32, byte, VERTICES.into()).expect("inside")
    }

    fn draw(&self, encoder: &mut wgpu::CommandEncoder) {
        let target = self.picture.create_view(&Default::default());
        let mut pass = encoder.begin_render_pass(&wgpu::RenderPassDescriptor {
            color_attachments: &[Some(wgpu::RenderPassColorAttachment {
                view: &target,
                depth_slice: None,
                resolve_target: None,
                ops: wgpu::Operations {
                    load: wgpu::LoadOp::Clear(wgpu::Color::BLACK),
                    store: wgpu::StoreOp::Store,
                },
            })],
            ..Default::default()
        });
        pass.set_pipeline(&self.draw);
        let vertices = COLOURS..COLOURS + u64::from(VERTICES) * 4;
        pass.set_vertex_buffer(0, self.arena.slice(vertices));
        pass.draw_indirect(&self.arena, ARGUMENTS);
    }
}

fn draw_pipeline(device: &wgpu::Device, module: &wgpu::ShaderModule) -> wgpu::RenderPipeline {
    device.create_render_pipeline(&wgpu::RenderPipelineDescriptor {
        label: None,
        layout: None,
        vertex: wgpu::VertexState {
            module,
            entry_point: Some("vertex"),
            compilation_options: Default::default(),
            buffers: &[Some(wgpu::VertexBufferLayout {
                array_stride: 4,
                step_mode: wgpu::VertexStepMode::Vertex,
                attributes: &wgpu::vertex_attr_array![0 => Float32],
            })],
        },
        primitive: wgpu::PrimitiveState {
            topology: wgpu::PrimitiveTopology::PointList,
            ..Default::default()
        },
        depth_stencil: None,
        multisample: Default::default(),
        fragment: Some(wgpu::FragmentState {
            module,
            entry_point: Some("fragment"),
            compilation_options: Default::default(),
            targets: &[Some(wgpu::TextureFormat::Rgba8Unorm.into())],
        }),
        multiview_mask: None,
        cache: None,
    })
}

/// The first channel of each pixel.
fn picture(renderer: &Renderer) -> Vec<u8> {
    let gpu = gpu();
    let bytes = u64::from(VERTICES) * 4;
    let staging = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: bytes,
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::MAP_READ,
        mapped_at_creation: false,
    });
    run(gpu.device(), gpu.queue(), |encoder| {
        encoder.copy_texture_to_buffer(
            renderer.picture.as_image_copy(),
            wgpu::TexelCopyBufferInfo {
                buffer: &staging,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(bytes as u32),
                    rows_per_image: None,
                },
            },
            renderer.picture.size(),
        );
        encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
    });
    let mapped = staging.get_mapped_range(..).expect("the buffer is mapped");
    mapped.iter().copied().step_by(4).collect()
}

/// In one encoder: the renderer draws; its pipeline, the library and its pipeline again in one pass, then the
/// library in a pass of its own; and the renderer draws what came of that, from the buffer that the library wrote.
#[test]
fn a_frame_in_one_encoder() {
    let gpu = gpu();
    let renderer = Renderer::new(gpu.device());
    let (heights, colours) = (renderer.view(HEIGHTS), renderer.view(COLOURS));
    let kernels = gpu.kernels();
    let bent = kernels
        .forward(&leaky(), &heights, &colours)
        .expect("prepared");
    let again = kernels
        .forward_in_place(&leaky(), &colours)
        .expect("prepared");
    run(gpu.device(), gpu.queue(), |encoder| {
        renderer.draw(encoder);
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            pass.set_bind_group(1, &renderer.groups[1], &[]);
            pass.set_pipeline(&renderer.wave);
            pass.set_bind_group(0, &renderer.groups[0], &[]);
            pass.dispatch_workgroups(1, 1, 1);
            bent.dispatch(&mut pass);
            // Bind group 1 is still what it was.
            pass.set_pipeline(&renderer.halve);
            pass.set_bind_group(0, &renderer.groups[0], &[]);
            pass.dispatch_workgroups(1, 1, 1);
        }
        again.encode(encoder);
        renderer.draw(encoder);
    });
    for (index, pixel) in picture(&renderer).into_iter().enumerate() {
        let height = index as f32 * 2.0 / VERTICES as f32 - 1.0;
        let expected = (0.5 + leaky_of(0.5 * leaky_of(height))) * 255.0;
        assert!(
            (f32::from(pixel) - expected).abs() <= 1.0,
            "{index}: {pixel}, not {expected}"
        );
    }
}
