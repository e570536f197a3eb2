//! One frame into a file, without a window.

use std::path::Path;

use wgpu_activations::Activation;

use crate::camera::Camera;
use crate::gpu::Gpu;
use crate::scene::Scene;
use crate::{Arguments, Error};

pub(crate) const FORMAT: wgpu::TextureFormat = wgpu::TextureFormat::Rgba8UnormSrgb;
const BYTES_PER_PIXEL: u32 = 4;

/// Pixels in sRGB, row by row, each of red, green and blue.
pub(crate) struct Picture {
    pub(crate) size: (u32, u32),
    pub(crate) pixels: Vec<[u8; 3]>,
}

pub(crate) fn run(
    arguments: &Arguments,
    activations: &[Activation],
    path: &Path,
) -> Result<(), Error> {
    let gpu = open(arguments.adapter.as_deref())?;
    let scene = Scene::new(&gpu, activations, FORMAT, arguments.size)?;
    let camera = Camera::at(arguments.time);
    let picture = Picture::of(&gpu, &scene, arguments.size, arguments.time, &camera)?;
    picture
        .save(path)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    println!(
        "drawn as {} by {}",
        path.display(),
        gpu.adapter.get_info().name
    );
    Ok(())
}

/// A device that needs no window.
pub(crate) fn open(adapter: Option<&str>) -> Result<Gpu, Error> {
    let descriptor = wgpu::InstanceDescriptor::new_without_display_handle_from_env();
    Gpu::open(wgpu::Instance::new(descriptor), adapter, None)
}

impl Picture {
    /// A frame of the scene, which was made for that size.
    pub(crate) fn of(
        gpu: &Gpu,
        scene: &Scene,
        size: (u32, u32),
        seconds: f64,
        camera: &Camera,
    ) -> Result<Self, Error> {
        let (width, height) = size;
        // Rows of a buffer start at multiples of this.
        let pitch = (width * BYTES_PER_PIXEL).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
        let staging = gpu.checked(|| {
            let extent = wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            };
            let texture = gpu.device.create_texture(&wgpu::TextureDescriptor {
                label: Some("picture"),
                size: extent,
                mip_level_count: 1,
                sample_count: 1,
                dimension: wgpu::TextureDimension::D2,
                format: FORMAT,
                usage: wgpu::TextureUsages::RENDER_ATTACHMENT | wgpu::TextureUsages::COPY_SRC,
                view_formats: &[],
            });
            let staging = gpu.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("read-back"),
                size: u64::from(pitch) * u64::from(height),
                usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
                mapped_at_creation: false,
            });
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            let view = texture.create_view(&Default::default());
            scene.record(&gpu.queue, &mut encoder, &view, seconds, camera);
            encoder.copy_texture_to_buffer(
                texture.as_image_copy(),
                wgpu::TexelCopyBufferInfo {
                    buffer: &staging,
                    layout: wgpu::TexelCopyBufferLayout {
                        offset: 0,
                        bytes_per_row: Some(pitch),
                        rows_per_image: None,
                    },
                },
                extent,
            );
            encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
            gpu.queue.submit([encoder.finish()]);
            staging
        })?;
        gpu.device.poll(wgpu::PollType::wait_indefinitely())?;
        let view = staging.get_mapped_range(..)?;
        let rows = view.chunks(pitch as usize);
        let pixels = rows.flat_map(|row| row.chunks(BYTES_PER_PIXEL as usize).take(width as usize));
        Ok(Self {
            size,
            pixels: pixels.map(|pixel| [pixel[0], pixel[1], pixel[2]]).collect(),
        })
    }

    fn save(&self, path: &Path) -> Result<(), Error> {
        let file = std::io::BufWriter::new(std::fs::File::create(path)?);
        let mut encoder = png::Encoder::new(file, self.size.0, self.size.1);
        encoder.set_color(png::ColorType::Rgb);
        encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
        let mut writer = encoder.write_header()?;
        writer.write_image_data(self.pixels.as_flattened())?;
        Ok(writer.finish()?)
    }
}
