//! Activations as tone curves: an HDR picture through several of them, texture to texture, to PNG.
//!
//! ```text
//! cargo run --release --example tone_mapping -- [FOLDER] [--width W] [--height H] [--exposure E]
//! ```
//!
//! Each curve takes radiances from 0 to beyond 2000 to what a screen shows, in two dispatches that are recorded
//! into one pass: `linear`, whose slope is the exposure, and the curve itself, which leaves alpha as it is.
//! softsign is what graphics calls Reinhard's operator, hard_tanh is what happens without any.

mod scene;
mod screen;

use std::path::{Path, PathBuf};
use std::process::ExitCode;

use clap::Parser;
use screen::{Picture, read, write_png};
use wgpu::util::DeviceExt as _;
use wgpu_activations::half::f16;
use wgpu_activations::{Activation, Channels, ImageFormat, ImageView, Offload};

type Error = Box<dyn std::error::Error>;

/// Shows an HDR picture through activations as tone curves.
#[derive(Parser)]
struct Arguments {
    /// Where the pictures go: one for each curve, and a sheet of all.
    #[arg(default_value = "tone_mapping")]
    folder: PathBuf,

    /// Width of each picture in pixels.
    #[arg(long, default_value_t = 640, value_parser = clap::value_parser!(u32).range(1..=4096))]
    width: u32,

    /// Height of each picture in pixels.
    #[arg(long, default_value_t = 360, value_parser = clap::value_parser!(u32).range(1..=4096))]
    height: u32,

    /// What radiances are multiplied by before the curve.
    #[arg(long, default_value_t = 1.0)]
    exposure: f64,

    /// Part of the adapter's name.
    #[arg(long)]
    adapter: Option<String>,
}

/// Curves from 0 to 1, from the hardest to the softest, in the order of the sheet.
const CURVES: [&str; 4] = ["hard_tanh", "tanh", "isru", "softsign"];

/// How many pictures of the sheet stand beside one another.
const COLUMNS: u32 = 2;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("error: {error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Error> {
    let gpu = match &arguments.adapter {
        Some(name) => Offload::with_adapter(name)?,
        None => Offload::new()?,
    };
    let size = (arguments.width, arguments.height);
    let limit = gpu.device().limits().max_texture_dimension_2d;
    if size.0.max(size.1) > limit {
        return Err(format!(
            "a side of this adapter's textures has {limit} pixels at most; choose a smaller one"
        )
        .into());
    }
    let texels = film(size);
    let hdr = upload(&gpu, size, &texels)?;
    std::fs::create_dir_all(&arguments.folder)
        .map_err(|error| format!("cannot make {}: {error}", arguments.folder.display()))?;
    let mut pictures = Vec::new();
    for name in CURVES {
        let mapped = map(&gpu, &Activation::named(name)?, arguments.exposure, &hdr)?;
        let picture = read(&gpu, &mapped)?;
        save(&arguments.folder, name, &picture)?;
        pictures.push(picture);
    }
    save(
        &arguments.folder,
        "sheet",
        &Picture::sheet(&pictures, COLUMNS),
    )?;
    println!(
        "drawn into {}: {}, sheet",
        arguments.folder.display(),
        CURVES.join(", ")
    );
    Ok(())
}

fn save(folder: &Path, name: &str, picture: &Picture) -> Result<(), Error> {
    let path = folder.join(name).with_extension("png");
    write_png(&path, picture)
        .map_err(|error| format!("cannot write {}: {error}", path.display()))?;
    Ok(())
}

/// The scene's radiances; alpha is 1.
fn film((width, height): (u32, u32)) -> Vec<[f16; 4]> {
    let aspect = width as f32 / height as f32;
    let pixels = (0..height).flat_map(|y| (0..width).map(move |x| (x, y)));
    let texel = |(x, y): (u32, u32)| {
        let (x, y) = (
            (x as f32 + 0.5) / width as f32,
            (y as f32 + 0.5) / height as f32,
        );
        let [red, green, blue] = scene::radiance(x, y, aspect);
        [red, green, blue, 1.0].map(f16::from_f32)
    };
    pixels.map(texel).collect()
}

/// The film in a texture.
fn upload(gpu: &Offload, size: (u32, u32), texels: &[[f16; 4]]) -> Result<ImageView, Error> {
    let texture = gpu.device().create_texture_with_data(
        gpu.queue(),
        &descriptor(size, ImageFormat::Rgba16Float, "HDR"),
        wgpu::util::TextureDataOrder::LayerMajor,
        bytemuck::cast_slice(texels),
    );
    Ok(ImageView::new(&texture)?)
}

/// A picture exposed, and bent to what a screen shows.
fn map(
    gpu: &Offload,
    curve: &Activation,
    exposure: f64,
    hdr: &ImageView,
) -> Result<ImageView, Error> {
    let (device, kernels) = (gpu.device(), gpu.kernels());
    let image = |label| {
        let descriptor = descriptor(hdr.size(), ImageFormat::Rgba16Float, label);
        ImageView::new(&device.create_texture(&descriptor))
    };
    let (exposed, mapped) = (image("exposed")?, image("mapped")?);
    let linear = Activation::linear().with("slope", exposure)?;
    let expose = kernels.forward_image(&linear, Channels::Rgb, hdr, &exposed)?;
    let bend = kernels.forward_image(curve, Channels::Rgb, &exposed, &mapped)?;

    let mut encoder = device.create_command_encoder(&Default::default());
    let mut pass = encoder.begin_compute_pass(&Default::default());
    expose.dispatch(&mut pass);
    bend.dispatch(&mut pass);
    drop(pass);
    gpu.queue().submit([encoder.finish()]);
    Ok(mapped)
}

fn descriptor(
    (width, height): (u32, u32),
    format: ImageFormat,
    label: &'static str,
) -> wgpu::TextureDescriptor<'static> {
    wgpu::TextureDescriptor {
        label: Some(label),
        size: wgpu::Extent3d {
            width,
            height,
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

#[cfg(test)]
mod tests;
