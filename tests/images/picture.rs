//! Textures with texels in and out.

use half::f16;
use wgpu::util::DeviceExt as _;
use wgpu_activations::{ImageFormat, ImageView};

use crate::common::{download, run};

/// A texture's bytes in a row, as copies to buffers want them.
const ROW_ALIGNMENT: u32 = wgpu::COPY_BYTES_PER_ROW_ALIGNMENT;

/// What a level of a texture holds.
#[derive(Clone, Debug)]
pub(crate) struct Texels {
    pub(crate) size: (u32, u32),
    pub(crate) channels: Vec<[f32; 4]>,
}

impl Texels {
    pub(crate) fn new(size: (u32, u32), mut texel: impl FnMut() -> [f32; 4]) -> Self {
        let channels = (0..size.0 * size.1).map(|_| texel()).collect();
        Self { size, channels }
    }

    /// As they are once they stand in a texture of that format.
    pub(crate) fn rounded(&self, format: ImageFormat) -> Self {
        let texels = self.channels.iter();
        Self {
            size: self.size,
            channels: texels
                .map(|texel| texel.map(|value| decode(format, &encode(format, value))))
                .collect(),
        }
    }
}

fn encode(format: ImageFormat, value: f32) -> Vec<u8> {
    match format {
        ImageFormat::Rgba8Unorm => vec![(value.clamp(0.0, 1.0) * 255.0).round() as u8],
        ImageFormat::Rgba16Float => f16::from_f32(value).to_le_bytes().into(),
        _ => value.to_le_bytes().into(),
    }
}

fn decode(format: ImageFormat, bytes: &[u8]) -> f32 {
    match (format, bytes) {
        (ImageFormat::Rgba8Unorm, &[byte]) => f32::from(byte) / 255.0,
        (ImageFormat::Rgba16Float, &[a, b]) => f16::from_le_bytes([a, b]).to_f32(),
        (_, &[a, b, c, d]) => f32::from_le_bytes([a, b, c, d]),
        _ => panic!("{} bytes of {format}", bytes.len()),
    }
}

fn channel_size(format: ImageFormat) -> usize {
    encode(format, 0.0).len()
}

/// A texture that can be read, written and copied.
pub(crate) fn texture(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    format: ImageFormat,
    texels: &Texels,
) -> wgpu::Texture {
    let values = texels.channels.iter().flatten();
    let bytes: Vec<u8> = values.flat_map(|value| encode(format, *value)).collect();
    let descriptor = descriptor(format, texels.size);
    let order = wgpu::util::TextureDataOrder::LayerMajor;
    device.create_texture_with_data(queue, &descriptor, order, &bytes)
}

pub(crate) fn descriptor(
    format: ImageFormat,
    size: (u32, u32),
) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some("test"),
        size: wgpu::Extent3d {
            width: size.0,
            height: size.1,
            depth_or_array_layers: 1,
        },
        mip_level_count: 1,
        sample_count: 1,
        dimension: wgpu::TextureDimension::D2,
        format: format.texture_format(),
        usage: wgpu::TextureUsages::TEXTURE_BINDING
            | wgpu::TextureUsages::STORAGE_BINDING
            | wgpu::TextureUsages::COPY_SRC
            | wgpu::TextureUsages::COPY_DST,
        view_formats: &[],
    }
}

/// What a level of a texture holds.
pub(crate) fn texels(
    device: &wgpu::Device,
    queue: &wgpu::Queue,
    image: &ImageView,
    level: u32,
) -> Texels {
    let (width, height) = image.size();
    let texel = 4 * channel_size(image.format()) as u32;
    let row = (width * texel).next_multiple_of(ROW_ALIGNMENT);
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("test"),
        size: u64::from(row * height),
        usage: wgpu::BufferUsages::COPY_DST | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    });
    run(device, queue, |encoder| {
        encoder.copy_texture_to_buffer(
            wgpu::TexelCopyTextureInfo {
                texture: image.texture(),
                mip_level: level,
                origin: wgpu::Origin3d::ZERO,
                aspect: wgpu::TextureAspect::All,
            },
            wgpu::TexelCopyBufferInfo {
                buffer: &buffer,
                layout: wgpu::TexelCopyBufferLayout {
                    offset: 0,
                    bytes_per_row: Some(row),
                    rows_per_image: None,
                },
            },
            wgpu::Extent3d {
                width,
                height,
                depth_or_array_layers: 1,
            },
        );
    });
    let words = download(device, queue, &buffer);
    let bytes: &[u8] = bytemuck::cast_slice(&words);
    let rows = bytes.chunks_exact(row as usize);
    let texels =
        rows.flat_map(|bytes| bytes[..(width * texel) as usize].chunks_exact(texel as usize));
    let size = channel_size(image.format());
    let channels = texels.map(|texel| {
        std::array::from_fn(|channel| {
            decode(image.format(), &texel[channel * size..(channel + 1) * size])
        })
    });
    Texels {
        size: (width, height),
        channels: channels.collect(),
    }
}
