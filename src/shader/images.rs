//! Kernels over the texels of images.

use super::ShaderError;
use super::compose::{Lanes, mathematics};
use super::operation::{Operand, Operation};
use super::portable::IS_NAN;
use super::storage::conversions;
use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::tensor::ImageFormat;

/// What is done with an activation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum ImageOperation {
    /// `output = f(input)`.
    Forward,
    /// `grad_input = f′(input) · grad_output`.
    Backward,
}

impl ImageOperation {
    /// The images that it takes, in the order of their bindings; the last one is written.
    pub(crate) const fn operands(self) -> &'static [Operand] {
        match self {
            Self::Forward => Operation::Forward.operands(),
            Self::Backward => Operation::Backward.operands(),
        }
    }

    const fn wgsl(self) -> &'static str {
        match self {
            Self::Forward => include_str!("../../shaders/kernels/images/forward.wgsl"),
            Self::Backward => include_str!("../../shaders/kernels/images/backward.wgsl"),
        }
    }
}

/// One compute shader over images, described.
#[derive(Clone, Copy, Debug)]
pub(crate) struct ImageShader<'a> {
    pub(crate) activation: &'a Activation,
    pub(crate) operation: ImageOperation,
    /// What the texels are that it writes.
    pub(crate) format: ImageFormat,
}

impl ImageShader<'_> {
    /// Width and height of a workgroup; stand in `walk.wgsl` too.
    pub(crate) const WORKGROUP: u32 = 16;

    /// Its complete WGSL, with the entry point `main`.
    pub(crate) fn wgsl(&self) -> Result<String, ShaderError> {
        let result = match self.format {
            ImageFormat::Rgba16Float => Dtype::F16,
            ImageFormat::Rgba8Unorm | ImageFormat::Rgba32Float => Dtype::F32,
        };
        let images = (1..).zip(self.operation.operands());
        let images: String = images
            .map(|(slot, operand)| self.image(slot, operand))
            .collect();
        let parts = [
            mathematics(self.activation, result)?,
            Lanes::Four.wgsl().to_owned(),
            include_str!("../../shaders/kernels/images/settings.wgsl").to_owned(),
            images,
            IS_NAN.to_owned(),
            conversions(&[result]),
            self.to_texel().to_owned(),
            self.operation.wgsl().to_owned(),
            include_str!("../../shaders/kernels/images/walk.wgsl").to_owned(),
        ];
        Ok(parts.join("\n"))
    }

    /// An image's binding, and the function that loads from it where it is read.
    fn image(&self, slot: u32, operand: &Operand) -> String {
        let template = if operand.is_written {
            include_str!("../../shaders/kernels/images/written.wgsl")
        } else {
            include_str!("../../shaders/kernels/images/read.wgsl")
        };
        template
            .replace("SLOT", &slot.to_string())
            .replace("NAME", operand.name)
            .replace("FORMAT", self.format.name())
    }

    /// The function from a number to what a texel holds.
    const fn to_texel(self) -> &'static str {
        match self.format {
            ImageFormat::Rgba8Unorm => include_str!("../../shaders/kernels/images/rgba8unorm.wgsl"),
            ImageFormat::Rgba16Float => {
                include_str!("../../shaders/kernels/images/rgba16float.wgsl")
            }
            ImageFormat::Rgba32Float => {
                include_str!("../../shaders/kernels/images/rgba32float.wgsl")
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_kernel_and_the_host_agree_on_the_workgroup() {
        let walk = include_str!("../../shaders/kernels/images/walk.wgsl");
        let size = ImageShader::WORKGROUP;
        assert!(walk.contains(&format!("@workgroup_size({size}, {size})")));
    }

    #[test]
    fn snapshot() {
        let shader = ImageShader {
            activation: &Activation::hard_swish(),
            operation: ImageOperation::Backward,
            format: ImageFormat::Rgba16Float,
        };
        insta::assert_snapshot!(shader.wgsl().expect("composed"));
    }
}
