//! What a pipeline is made from, whatever the family.

use super::elementwise::ElementwiseKey;
use super::gated::GatedKey;
use super::learnable::LearnableKey;
use super::randomised::RandomisedKey;
use super::rows::RowKey;
use super::rows::cross_entropy::LossKey;
use super::statistics::StatisticsKey;
use crate::shader::ShaderError;

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

    /// Of each storage buffer that it takes, in the order of their bindings, whether it is only read.
    fn bindings(&self) -> Vec<bool>;

    /// Whether all of its text is the library's own.
    fn is_trusted(&self) -> bool;
}

/// One pipeline among those of all families.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) enum Key {
    Elementwise(ElementwiseKey),
    Gated(GatedKey),
    Loss(LossKey),
    Randomised(RandomisedKey),
    Rows(RowKey),
    Learnable(LearnableKey),
    Statistics(StatisticsKey),
}
