//! All that is drawn, into whatever texture.

use bytemuck::{Pod, Zeroable};
use wgpu_activations::Activation;

use crate::Error;
use crate::camera::{Camera, Matrix};
use crate::field::{Field, PERIOD};
use crate::gpu::Gpu;
use crate::mesh::{Mesh, Targets};

/// Paper, in linear light.
const BACKGROUND: [f32; 3] = [0.80, 0.79, 0.77];

pub(crate) struct Scene {
    frame: wgpu::Buffer,
    pub(crate) field: Field,
    mesh: Mesh,
    targets: Targets,
    size: (u32, u32),
}

/// `struct Frame` of `frame.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Frame {
    view_projection: Matrix,
    background: [f32; 3],
    seconds: f32,
    eye: [f32; 3],
    padding: f32,
}

impl Scene {
    /// For pictures of that format and size.
    pub(crate) fn new(
        gpu: &Gpu,
        activations: &[Activation],
        format: wgpu::TextureFormat,
        size: (u32, u32),
    ) -> Result<Self, Error> {
        gpu.check_size(size)?;
        gpu.checked(|| -> Result<Self, Error> {
            let frame = gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("frame"),
                size: size_of::<Frame>() as u64,
                usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            let mesh = Mesh::new(&gpu.device, &frame, format, gpu.samples(format));
            Ok(Self {
                field: Field::new(&gpu.device, &frame, activations)?,
                targets: mesh.targets(&gpu.device, size),
                frame,
                mesh,
                size,
            })
        })?
    }

    /// For pictures of another size.
    pub(crate) fn resize(&mut self, gpu: &Gpu, size: (u32, u32)) -> Result<(), Error> {
        gpu.check_size(size)?;
        self.targets = gpu.checked(|| self.mesh.targets(&gpu.device, size))?;
        self.size = size;
        Ok(())
    }

    /// Computes and draws a frame: everything is recorded into the one encoder.
    pub(crate) fn record(
        &self,
        queue: &wgpu::Queue,
        encoder: &mut wgpu::CommandEncoder,
        picture: &wgpu::TextureView,
        seconds: f64,
        camera: &Camera,
    ) {
        let (width, height) = self.size;
        let frame = Frame {
            view_projection: camera.view_projection(width as f32 / height as f32),
            background: BACKGROUND,
            // However long it has been running, a small number.
            seconds: seconds.rem_euclid(PERIOD) as f32,
            eye: camera.eye,
            padding: 0.0,
        };
        queue.write_buffer(&self.frame, 0, bytemuck::bytes_of(&frame));

        let mut pass = encoder.begin_compute_pass(&Default::default());
        self.field.record(&mut pass);
        drop(pass);

        let planes = self.field.planes();
        (self.mesh).record(encoder, &self.targets, picture, BACKGROUND, planes);
    }
}
