//! From a texture to what a screen shows.

use std::fs::File;
use std::io::BufWriter;
use std::path::Path;

use wgpu_activations::half::f16;
use wgpu_activations::{ImageView, Offload};

use super::Error;

/// Pixels of a screen: red, green and blue in sRGB, row by row.
#[derive(Clone, Debug)]
pub(crate) struct Picture {
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) pixels: Vec<[u8; 3]>,
}

impl Picture {
    /// Pictures of one size beside and below one another, divided by black lines.
    pub(crate) fn sheet(pictures: &[Self], columns: u32) -> Self {
        const LINE: u32 = 4;
        let (cell_width, cell_height) = (pictures[0].width, pictures[0].height);
        let rows = (pictures.len() as u32).div_ceil(columns);
        let width = columns * (cell_width + LINE) - LINE;
        let height = rows * (cell_height + LINE) - LINE;
        let mut pixels = vec![[0; 3]; (width * height) as usize];
        for (index, picture) in (0..).zip(pictures) {
            let left = index % columns * (cell_width + LINE);
            let top = index / columns * (cell_height + LINE);
            for (row, line) in (top..).zip(picture.pixels.chunks_exact(cell_width as usize)) {
                let start = (row * width + left) as usize;
                pixels[start..start + line.len()].copy_from_slice(line);
            }
        }
        Self {
            width,
            height,
            pixels,
        }
    }
}

/// How bright a channel is on a screen, from 0 to 255 (IEC 61966-2-1).
pub(crate) fn encode(linear: f32) -> u8 {
    let linear = linear.clamp(0.0, 1.0);
    let encoded = if linear <= 0.003_130_8 {
        12.92 * linear
    } else {
        1.055 * linear.powf(1.0 / 2.4) - 0.055
    };
    (encoded * 255.0).round() as u8
}

/// A texture of f16, as a screen shows it.
pub(crate) fn read(gpu: &Offload, image: &ImageView) -> Result<Picture, Error> {
    let (width, height) = image.size();
    let row = (width * 8).next_multiple_of(wgpu::COPY_BYTES_PER_ROW_ALIGNMENT);
    let staging = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("read-back"),
        size: u64::from(row) * u64::from(height),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    encoder.copy_texture_to_buffer(
        image.texture().as_image_copy(),
        wgpu::TexelCopyBufferInfo {
            buffer: &staging,
            layout: wgpu::TexelCopyBufferLayout {
                offset: 0,
                bytes_per_row: Some(row),
                rows_per_image: None,
            },
        },
        image.texture().size(),
    );
    encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
    gpu.queue().submit([encoder.finish()]);
    gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
    let mapped = staging.get_mapped_range(..)?;
    let rows = mapped.chunks_exact(row as usize);
    let texels = rows.flat_map(|row| row[..width as usize * 8].chunks_exact(8));
    let pixel = |texel: &[u8]| {
        std::array::from_fn(|channel| {
            let bytes = [texel[2 * channel], texel[2 * channel + 1]];
            encode(f16::from_le_bytes(bytes).to_f32())
        })
    };
    Ok(Picture {
        width,
        height,
        pixels: texels.map(pixel).collect(),
    })
}

/// Writes a picture where it is whole or not at all.
pub(crate) fn write_png(path: &Path, picture: &Picture) -> Result<(), Error> {
    let unfinished = path.with_extension("png.part");
    let file = BufWriter::new(File::create(&unfinished)?);
    let mut encoder = png::Encoder::new(file, picture.width, picture.height);
    encoder.set_color(png::ColorType::Rgb);
    encoder.set_depth(png::BitDepth::Eight);
    encoder.set_source_srgb(png::SrgbRenderingIntent::Perceptual);
    let mut writer = encoder.write_header()?;
    writer.write_image_data(picture.pixels.as_flattened())?;
    writer.finish()?;
    Ok(std::fs::rename(unfinished, path)?)
}
