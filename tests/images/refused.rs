//! Images that an operation cannot take: each an error that says what to do.

use wgpu::{TextureDimension, TextureFormat, TextureUsages};
use wgpu_activations::{
    Activation, Channels, ImageError, ImageFormat, ImageView, KernelError, Kernels, Prepared,
};

use crate::common::{adapter, gpu, gpu_with_limits};
use crate::picture::descriptor;

const FORMAT: ImageFormat = ImageFormat::Rgba16Float;

fn of(change: impl FnOnce(&mut wgpu::TextureDescriptor<'_>)) -> wgpu::Texture {
    let mut descriptor = descriptor(FORMAT, (8, 8));
    change(&mut descriptor);
    gpu().device().create_texture(&descriptor)
}

fn view(change: impl FnOnce(&mut wgpu::TextureDescriptor<'_>)) -> ImageView {
    ImageView::new(&of(change)).expect("a kind that is known")
}

fn refusal(refused: Result<Prepared, KernelError>) -> (KernelError, String) {
    let error = refused.expect_err("it cannot be done");
    let message = error.to_string();
    assert!(!message.contains("  "), "{message}");
    (error, message)
}

fn relu(input: &ImageView, output: &ImageView) -> Result<Prepared, KernelError> {
    let kernels = gpu().kernels();
    kernels.forward_image(&Activation::relu(), Channels::Rgba, input, output)
}

#[test]
fn another_format() {
    let texture = of(|descriptor| {
        descriptor.format = TextureFormat::Bgra8Unorm;
        descriptor.usage = TextureUsages::TEXTURE_BINDING;
    });
    let error = ImageView::new(&texture).expect_err("no such format");
    let format = TextureFormat::Bgra8Unorm;
    assert_eq!(error, ImageError::Format { format });
    assert!(
        error
            .to_string()
            .contains("Bgra8Unorm, but kernels load and store Rgba8Unorm")
    );
}

#[test]
fn another_dimension_or_several_samples() {
    let volume = of(|descriptor| {
        descriptor.dimension = TextureDimension::D3;
        descriptor.size.depth_or_array_layers = 2;
    });
    let error = ImageView::new(&volume).expect_err("no image");
    assert!(matches!(error, ImageError::Dimension { .. }), "{error}");
    let samples = of(|descriptor| {
        descriptor.format = TextureFormat::Rgba8Unorm;
        descriptor.sample_count = 4;
        descriptor.usage = TextureUsages::TEXTURE_BINDING | TextureUsages::RENDER_ATTACHMENT;
    });
    let error = ImageView::new(&samples).expect_err("no image");
    assert_eq!(error, ImageError::Samples { samples: 4 });
}

#[test]
fn a_level_that_is_not_there_or_an_array() {
    let texture = of(|descriptor| descriptor.mip_level_count = 2);
    for level in [2, u32::MAX] {
        let error = ImageView::at_level(&texture, level).expect_err("not there");
        assert_eq!(error, ImageError::Level { level, levels: 2 });
    }
    let array = of(|descriptor| descriptor.size.depth_or_array_layers = 3);
    let error = ImageView::new(&array).expect_err("an array");
    assert_eq!(error, ImageError::Layers { layers: 3 });
}

#[test]
fn a_texture_that_cannot_be_bound() {
    let plain = view(|_| ());
    let unreadable = view(|descriptor| descriptor.usage = TextureUsages::STORAGE_BINDING);
    let unwritable = view(|descriptor| descriptor.usage = TextureUsages::TEXTURE_BINDING);
    let (error, message) = refusal(relu(&plain, &unwritable));
    assert!(matches!(error, KernelError::ImageUsage { .. }), "{error:?}");
    assert!(message.contains("output"), "{message}");
    assert!(
        message.contains("create it with TextureUsages(STORAGE_BINDING) too"),
        "{message}"
    );
    let (_, message) = refusal(relu(&unreadable, &plain));
    assert!(message.contains("input"), "{message}");
    assert!(
        message.contains("create it with TextureUsages(TEXTURE_BINDING) too"),
        "{message}"
    );
}

#[test]
fn images_of_different_sizes() {
    let larger = view(|descriptor| descriptor.size.width = 9);
    let (_, message) = refusal(relu(&view(|_| ()), &larger));
    let expected = "input has 8 x 8 texels, output has 9 x 8; give images of one size";
    assert_eq!(message, expected);
}

#[test]
fn an_image_in_its_own_place() {
    let image = view(|_| ());
    let (error, message) = refusal(relu(&image, &image.clone()));
    assert!(matches!(error, KernelError::SameImage { .. }), "{error:?}");
    assert!(message.contains("give two"), "{message}");
    let refused = gpu().kernels().backward_image(
        &Activation::relu(),
        Channels::Rgba,
        &view(|_| ()),
        &image,
        &image,
    );
    let (error, _) = refusal(refused);
    let expected = KernelError::SameImage {
        first: "grad_output",
        second: "grad_input",
    };
    assert_eq!(error, expected);
}

/// Prepared for an image of that width on a device whose limits are lowered.
fn with_limits(width: u32, lower: impl FnOnce(&mut wgpu::Limits)) -> KernelError {
    let (device, _queue) = gpu_with_limits(lower);
    let image = || {
        let texture = device.create_texture(&descriptor(FORMAT, (width, 8)));
        ImageView::new(&texture).expect("a kind that is known")
    };
    let kernels = Kernels::new(&device);
    let relu = Activation::relu();
    refusal(kernels.forward_image(&relu, Channels::Rgba, &image(), &image())).0
}

#[test]
fn limits_that_are_too_low() {
    let limit = |limit, value, needed| KernelError::Limit {
        limit,
        value,
        needed,
    };
    let none = with_limits(8, |limits| limits.max_storage_textures_per_shader_stage = 0);
    assert_eq!(none, limit("max_storage_textures_per_shader_stage", 0, 1));
    let flat = with_limits(8, |limits| limits.max_compute_workgroup_size_y = 8);
    assert_eq!(flat, limit("max_compute_workgroup_size_y", 8, 16));
    let few = with_limits(33, |limits| limits.max_compute_workgroups_per_dimension = 2);
    assert_eq!(few, limit("max_compute_workgroups_per_dimension", 2, 3));
}

#[test]
fn textures_of_another_device() {
    let adapter = adapter();
    let [device, other] = [(); 2].map(|()| {
        let opened = pollster::block_on(adapter.request_device(&Default::default()));
        opened.expect("a plain device").0
    });
    let image = |device: &wgpu::Device| {
        let texture = device.create_texture(&descriptor(FORMAT, (8, 8)));
        ImageView::new(&texture).expect("a kind that is known")
    };
    let (own, foreign) = (image(&device), image(&other));
    let kernels = Kernels::new(&device);
    let refused = kernels.forward_image(&Activation::relu(), Channels::Rgba, &foreign, &own);
    let (error, _) = refusal(refused);
    assert!(matches!(error, KernelError::Refused { .. }), "{error:?}");
}
