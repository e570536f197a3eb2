//! Gated units: one view gates another, or one half of a tensor the other.

mod passes;
mod plan;

use bytemuck::{Pod, Zeroable};

use super::assemble::Part;
use super::checks::{access, check_lengths, check_overlaps, dtypes};
use super::kernel::{Kernel, Key};
use super::plan::Step;
use super::prepared::Prepared;
use super::{KernelError, Kernels};
use crate::activation::{Activation, GatedActivation, Identity, MAX_PARAMETERS};
use crate::dtype::Dtype;
use crate::shader::{Access, BufferUse, GatedOperation, GatedShader, Lanes, ShaderError};
use crate::tensor::{Halves, TensorView};
use passes::{Pass, check_halves};

impl Kernels {
    /// Prepares `output = a · f(b)`.
    pub fn forward_gated(
        &self,
        gated: &GatedActivation,
        a: &TensorView,
        b: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_gated(gated, GatedOperation::Forward, &[a, b, output])
    }

    /// Prepares `a = a · f(b)`.
    pub fn forward_gated_in_place(
        &self,
        gated: &GatedActivation,
        a: &TensorView,
        b: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_gated(gated, GatedOperation::ForwardInPlace, &[b, a])
    }

    /// Prepares `grad_a = grad_output · f(b)` and `grad_b = grad_output · a · f′(b)`.
    ///
    /// That takes one dispatch with five storage buffers, and two on a device that has four, which is
    /// the downlevel default: [`Kernels::backward_gated_in_place`] and
    /// [`Kernels::backward_gated_halves`] need only three.
    pub fn backward_gated(
        &self,
        gated: &GatedActivation,
        a: &TensorView,
        b: &TensorView,
        grad_output: &TensorView,
        grad_a: &TensorView,
        grad_b: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [a, b, grad_output, grad_a, grad_b];
        self.prepare_gated(gated, GatedOperation::Backward, &tensors)
    }

    /// [`Kernels::backward_gated`] with the gradients in place of a and b.
    pub fn backward_gated_in_place(
        &self,
        gated: &GatedActivation,
        a: &TensorView,
        b: &TensorView,
        grad_output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [grad_output, a, b];
        self.prepare_gated(gated, GatedOperation::BackwardInPlace, &tensors)
    }

    /// Prepares `output = a · f(b)` for the halves of a tensor.
    pub fn forward_gated_halves(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, output];
        self.prepare_halves(gated, GatedOperation::ForwardHalves, halves, &tensors)
    }

    /// Prepares the gradients of both halves of a tensor, laid out as they are.
    pub fn backward_gated_halves(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, grad_output, grad_input];
        self.prepare_halves(gated, GatedOperation::BackwardHalves, halves, &tensors)
    }

    /// [`Kernels::backward_gated_halves`] with the gradients in place of the halves.
    pub fn backward_gated_halves_in_place(
        &self,
        gated: &GatedActivation,
        halves: &Halves,
        tensor: &TensorView,
        grad_output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let operation = GatedOperation::BackwardHalvesInPlace;
        self.prepare_halves(gated, operation, halves, &[grad_output, tensor])
    }

    fn prepare_gated(
        &self,
        gated: &GatedActivation,
        operation: GatedOperation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        check_lengths(operation.operands(), tensors)?;
        check_overlaps(operation.operands(), tensors)?;
        self.assemble_gated(gated, &self.passes(operation, tensors))
    }

    fn prepare_halves(
        &self,
        gated: &GatedActivation,
        operation: GatedOperation,
        halves: &Halves,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        check_halves(operation, halves, tensors)?;
        check_overlaps(operation.operands(), tensors)?;
        let passes = self.halves_passes(operation, halves, tensors)?;
        self.assemble_gated(gated, &passes)
    }

    fn assemble_gated(
        &self,
        gated: &GatedActivation,
        passes: &[Pass],
    ) -> Result<Prepared, KernelError> {
        let activation = gated.activation();
        let views = passes.iter().map(|pass| pass.tensors.iter().collect());
        let views: Vec<Vec<_>> = views.collect();
        let types: Vec<_> = views.iter().map(|views| dtypes(views)).collect();
        let mut parts = Vec::new();
        for ((pass, tensors), dtypes) in passes.iter().zip(&views).zip(&types) {
            parts.extend(pass.steps.iter().map(|step| Part {
                kernel: Box::new(GatedShader {
                    activation,
                    operation: pass.operation,
                    dtypes,
                    lanes: step.lanes,
                    access: access(tensors),
                }),
                settings: bytemuck::bytes_of(&Settings::new(activation, pass, step)).to_vec(),
                tensors,
                bindings: &step.bindings,
                images: &[],
                grid: step.grid,
            }));
        }
        let prepared = Prepared::assemble(&self.device, &self.pipelines, &gated.name(), &parts)?;
        Ok(prepared.with_parameters(activation.key(), Settings::PARAMETERS))
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct GatedKey {
    activation: Identity,
    operation: GatedOperation,
    dtypes: Vec<Dtype>,
    lanes: Lanes,
    access: Access,
}

impl Kernel for GatedShader<'_> {
    fn key(&self) -> Key {
        Key::Gated(GatedKey {
            activation: self.activation.key(),
            operation: self.operation,
            dtypes: self.dtypes.to_vec(),
            lanes: self.lanes,
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        GatedShader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.activation.name()
    }

    fn label(&self) -> String {
        format!("gated {} {:?}", self.activation.name(), self.operation)
    }

    fn bindings(&self) -> Vec<BufferUse> {
        self.access.bindings(self.operation.operands())
    }

    fn is_trusted(&self) -> bool {
        self.activation.is_trusted()
    }
}

/// `struct Settings` of `gated/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    items: u32,
    groups_per_row: u32,
    elements: u32,
    half: u32,
    a_at: u32,
    b_at: u32,
    padding: [u32; 2],
    first: [u32; 8],
    parameters: [f32; MAX_PARAMETERS],
}

impl Settings {
    const PARAMETERS: u64 = std::mem::offset_of!(Self, parameters) as u64;

    fn new(activation: &Activation, pass: &Pass, step: &Step) -> Self {
        // Halves of which a dispatch takes whole rows fit into a binding.
        let loads = |elements: u64| (elements / step.lanes.count()) as u32;
        let [a_at, b_at] = pass.starts.map(loads);
        let mut settings = Self {
            items: step.items,
            groups_per_row: step.grid.0,
            elements: step.elements,
            half: loads(pass.run),
            a_at,
            b_at,
            ..Self::zeroed()
        };
        for (first, binding) in settings.first.iter_mut().zip(&step.bindings) {
            *first = binding.first;
        }
        settings.parameters = activation.members();
        settings
    }
}

#[cfg(all(test, feature = "offload"))]
mod tests;
