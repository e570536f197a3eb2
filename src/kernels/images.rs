//! Operations on the texels of images: activations as tone curves.

use bytemuck::{Pod, Zeroable};

use super::assemble::Part;
use super::kernel::{ImageBinding, Kernel, Key};
use super::prepared::Prepared;
use super::{KernelError, Kernels};
use crate::activation::{Activation, Identity, MAX_PARAMETERS};
use crate::shader::{BufferUse, ImageOperation, ImageShader, ShaderError};
use crate::tensor::{Channels, ImageFormat, ImageView};

impl Kernels {
    /// Prepares `output = f(input)` for the channels of each texel.
    ///
    /// The images may differ in format. Results in [`ImageFormat::Rgba16Float`] are rounded to nearest even, to
    /// ±65504 from beyond that, as drivers do not agree on infinity there; those in
    /// [`ImageFormat::Rgba8Unorm`], as which NaN is 0, to the nearest of its numbers.
    pub fn forward_image(
        &self,
        activation: &Activation,
        channels: Channels,
        input: &ImageView,
        output: &ImageView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_images(
            activation,
            ImageOperation::Forward,
            channels,
            &[input, output],
        )
    }

    /// Prepares `grad_input = f′(input) · grad_output` for the channels of each texel;
    /// with [`Channels::Rgb`], alpha is that of `grad_output`.
    pub fn backward_image(
        &self,
        activation: &Activation,
        channels: Channels,
        input: &ImageView,
        grad_output: &ImageView,
        grad_input: &ImageView,
    ) -> Result<Prepared, KernelError> {
        let images = [input, grad_output, grad_input];
        self.prepare_images(activation, ImageOperation::Backward, channels, &images)
    }

    fn prepare_images(
        &self,
        activation: &Activation,
        operation: ImageOperation,
        channels: Channels,
        images: &[&ImageView],
    ) -> Result<Prepared, KernelError> {
        check(operation, images)?;
        let (width, height) = images[0].size();
        let grid = [width, height].map(|length| length.div_ceil(ImageShader::WORKGROUP));
        self.check_grid(grid)?;
        let settings = Settings {
            size: [width, height],
            keeps_alpha: u32::from(channels == Channels::Rgb),
            padding: 0,
            parameters: activation.members(),
        };
        let part = Part {
            kernel: Box::new(ImageShader {
                activation,
                operation,
                format: images[images.len() - 1].format(),
            }),
            settings: bytemuck::bytes_of(&settings).to_vec(),
            tensors: &[],
            bindings: &[],
            images,
            grid: grid.into(),
        };
        let name = activation.name();
        let prepared = Prepared::assemble(&self.device, &self.pipelines, name, &[part])?;
        Ok(prepared.with_parameters(activation.key(), Settings::PARAMETERS))
    }

    fn check_grid(&self, grid: [u32; 2]) -> Result<(), KernelError> {
        let limit = self.pipelines.limits.max_workgroups_per_dimension;
        match grid.into_iter().find(|&groups| groups > limit) {
            None => Ok(()),
            Some(groups) => Err(KernelError::Limit {
                limit: "max_compute_workgroups_per_dimension",
                value: limit.into(),
                needed: groups.into(),
            }),
        }
    }
}

/// Whether the images go together.
fn check(operation: ImageOperation, images: &[&ImageView]) -> Result<(), KernelError> {
    let named = || operation.operands().iter().zip(images);
    for (operand, image) in named() {
        check_usage(operand.name, operand.is_written, image)?;
        if image.size() != images[0].size() {
            return Err(KernelError::ImageSize {
                first: operation.operands()[0].name,
                first_size: images[0].size(),
                second: operand.name,
                second_size: image.size(),
            });
        }
    }
    for (written, result) in named().filter(|(operand, _)| operand.is_written) {
        for (read, image) in named().filter(|(operand, _)| !operand.is_written) {
            check_distinct((read.name, image), (written.name, result))?;
        }
    }
    Ok(())
}

/// Whether an image's texture can be bound as it must be.
pub(super) fn check_usage(
    name: &'static str,
    is_written: bool,
    image: &ImageView,
) -> Result<(), KernelError> {
    let needed = if is_written {
        wgpu::TextureUsages::STORAGE_BINDING
    } else {
        wgpu::TextureUsages::TEXTURE_BINDING
    };
    let usage = image.texture().usage();
    if usage.contains(needed) {
        Ok(())
    } else {
        Err(KernelError::ImageUsage {
            name,
            usage,
            needed,
        })
    }
}

/// Whether an image that is read is another one than that which is written.
pub(super) fn check_distinct(
    (first, read): (&'static str, &ImageView),
    (second, written): (&'static str, &ImageView),
) -> Result<(), KernelError> {
    if read == written {
        Err(KernelError::SameImage { first, second })
    } else {
        Ok(())
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ImageKey {
    activation: Identity,
    operation: ImageOperation,
    format: ImageFormat,
}

impl Kernel for ImageShader<'_> {
    fn key(&self) -> Key {
        Key::Image(ImageKey {
            activation: self.activation.key(),
            operation: self.operation,
            format: self.format,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        ImageShader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.activation.name()
    }

    fn label(&self) -> String {
        format!("{} {:?} image", self.activation.name(), self.operation)
    }

    fn bindings(&self) -> Vec<BufferUse> {
        Vec::new()
    }

    fn images(&self) -> Vec<ImageBinding> {
        let operands = self.operation.operands().iter();
        let bindings = operands.map(|operand| match operand.is_written {
            true => ImageBinding::Written(self.format),
            false => ImageBinding::Read,
        });
        bindings.collect()
    }

    /// The text is, but a texture of another wgpu instance can be taken for one of this device, of another size.
    fn is_trusted(&self) -> bool {
        false
    }
}

/// `struct Settings` of `images/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    size: [u32; 2],
    keeps_alpha: u32,
    padding: u32,
    parameters: [f32; MAX_PARAMETERS],
}

impl Settings {
    const PARAMETERS: u64 = std::mem::offset_of!(Self, parameters) as u64;
}
