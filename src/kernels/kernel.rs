//! What a pipeline is made from, whatever the family.

use super::elementwise::ElementwiseKey;
use super::gated::GatedKey;
use super::images::ImageKey;
use super::learnable::LearnableKey;
use super::randomised::RandomisedKey;
use super::rows::RowKey;
use super::rows::cross_entropy::LossKey;
use super::statistics::StatisticsKey;
use crate::shader::{BufferUse, ShaderError};
use crate::tensor::ImageFormat;

/// A compute shader of one family, described.
pub(super) trait Kernel {
    /// What distinguishes its pipeline from others: not the values of hyper-parameters, not the tensors.
    fn key(&self) -> Key;

    /// Its complete WGSL, with the entry point `main`.
    fn wgsl(&self) -> Result<String, ShaderError>;

    /// Whose function it computes.
    fn name(&self) -> &str;

    /// What a debugger shows.
    fn label(&self) -> String;

    /// What it does with each storage buffer that it takes, in the order of their bindings.
    fn bindings(&self) -> Vec<BufferUse>;

    /// How each texture is bound that it takes after these.
    fn images(&self) -> Vec<ImageBinding> {
        Vec::new()
    }

    /// Whether all of its text is the library's own.
    fn is_trusted(&self) -> bool;
}

/// How a texture is bound.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum ImageBinding {
    /// Read texel by texel, whatever its format.
    Read,
    /// Written, with texels of that format.
    Written(ImageFormat),
}

impl ImageBinding {
    pub(super) const fn is_written(self) -> bool {
        matches!(self, Self::Written(_))
    }
}

/// One pipeline among those of all families.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Elementwise(ElementwiseKey),
    Gated(GatedKey),
    Image(ImageKey),
    Loss(LossKey),
    Randomised(RandomisedKey),
    Rows(RowKey),
    Learnable(LearnableKey),
    Statistics(StatisticsKey),
}
