//! Dispatches before they are bound.

use bytemuck::{Pod, Zeroable};

use crate::activation::MAX_PARAMETERS;
use crate::kernels::assemble::Part;
use crate::kernels::kernel::Kernel;
use crate::kernels::plan::Binding;
use crate::tensor::TensorView;

/// `struct Settings` of every kernel of the family.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct Settings {
    /// What comes first in the WGSL.
    pub(super) head: [u32; 4],
    pub(super) first: [u32; 4],
    /// Of the parameters that are no tensors.
    pub(super) values: [f32; MAX_PARAMETERS],
    /// What comes last in the WGSL.
    pub(super) tail: [u32; 8],
}

/// One dispatch, with what it binds.
pub(super) struct Draft<'a> {
    pub(super) settings: Settings,
    pub(super) tensors: Vec<&'a TensorView>,
    pub(super) bindings: Vec<Binding>,
    pub(super) grid: (u32, u32),
}

impl Draft<'_> {
    pub(super) fn part<'b>(&'b self, kernel: Box<dyn Kernel + 'b>) -> Part<'b> {
        Part {
            kernel,
            settings: bytemuck::bytes_of(&self.settings).to_vec(),
            tensors: &self.tensors,
            bindings: &self.bindings,
            images: &[],
            grid: self.grid,
        }
    }
}

pub(super) fn whole(tensor: &TensorView) -> Binding {
    Binding {
        bytes: tensor.byte_range(),
        first: 0,
    }
}
