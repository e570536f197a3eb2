//! Operations on elements that do not depend on one another.

use bytemuck::{Pod, Zeroable};

use super::assemble::Part;
use super::checks::{access, check, dtypes, placement};
use super::kernel::{Kernel, Key};
use super::pipelines::Pipelines;
use super::plan::{Step, plan};
use super::prepared::Prepared;
use super::{KernelError, Kernels};
use crate::activation::{Activation, Identity, MAX_PARAMETERS};
use crate::dtype::Dtype;
use crate::shader::{Access, BufferUse, Lanes, Operation, Shader, ShaderError};
use crate::tensor::TensorView;

impl Kernels {
    /// Prepares `output = f(input)`.
    pub fn forward(
        &self,
        activation: &Activation,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::Forward, &[input, output])
    }

    /// Prepares `tensor = f(tensor)`.
    pub fn forward_in_place(
        &self,
        activation: &Activation,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::ForwardInPlace, &[tensor])
    }

    /// Prepares `grad_input = f′(input) · grad_output`.
    pub fn backward(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(
            activation,
            Operation::Backward,
            &[input, grad_output, grad_input],
        )
    }

    /// Prepares `grad = f′(input) · grad`.
    pub fn backward_in_place(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(activation, Operation::BackwardInPlace, &[input, grad])
    }

    /// Prepares `grad_input += f′(input) · grad_output`.
    pub fn backward_accumulate(
        &self,
        activation: &Activation,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare(
            activation,
            Operation::BackwardAccumulate,
            &[input, grad_output, grad_input],
        )
    }

    /// Prepares any operation on the tensors that [`Operation::operands`] names, in that order.
    pub fn prepare(
        &self,
        activation: &Activation,
        operation: Operation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        check(operation, operation.operands(), tensors)?;
        let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
        let steps = plan(&self.pipelines.limits, tensors[0].len(), &placements);
        from_steps(
            &self.device,
            &self.pipelines,
            activation,
            operation,
            tensors,
            &steps,
        )
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct ElementwiseKey {
    activation: Identity,
    operation: Operation,
    dtypes: Vec<Dtype>,
    lanes: Lanes,
    access: Access,
}

impl Kernel for Shader<'_> {
    fn key(&self) -> Key {
        Key::Elementwise(ElementwiseKey {
            activation: self.activation.key(),
            operation: self.operation,
            dtypes: self.dtypes.to_vec(),
            lanes: self.lanes,
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        Shader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.activation.name()
    }

    fn label(&self) -> String {
        format!("{} {:?}", self.activation.name(), self.operation)
    }

    fn bindings(&self) -> Vec<BufferUse> {
        self.access.bindings(self.operation.operands())
    }

    fn is_trusted(&self) -> bool {
        self.activation.is_trusted()
    }
}

/// The most tensors of one operation: the components of a WGSL vector.
const MAX_OPERANDS: usize = 4;

/// `struct Settings` of `elementwise.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    items: u32,
    groups_per_row: u32,
    elements: u32,
    padding: u32,
    first: [u32; MAX_OPERANDS],
    parameters: [f32; MAX_PARAMETERS],
}

impl Settings {
    const PARAMETERS: u64 = std::mem::offset_of!(Self, parameters) as u64;

    fn new(step: &Step, activation: &Activation) -> Self {
        let mut settings = Self::zeroed();
        settings.items = step.items;
        settings.groups_per_row = step.grid.0;
        settings.elements = step.elements;
        for (first, binding) in settings.first.iter_mut().zip(&step.bindings) {
            *first = binding.first;
        }
        settings.parameters = activation.members();
        settings
    }
}

pub(super) fn from_steps<'a>(
    device: &wgpu::Device,
    pipelines: &Pipelines,
    activation: &'a Activation,
    operation: Operation,
    tensors: &[&TensorView],
    steps: &'a [Step],
) -> Result<Prepared, KernelError> {
    let dtypes = dtypes(tensors);
    let access = access(tensors);
    let part = |step: &'a Step| Part {
        kernel: Box::new(Shader {
            activation,
            operation,
            dtypes: &dtypes,
            lanes: step.lanes,
            access,
        }),
        settings: bytemuck::bytes_of(&Settings::new(step, activation)).to_vec(),
        tensors,
        bindings: &step.bindings,
        images: &[],
        grid: step.grid,
    };
    let parts: Vec<_> = steps.iter().map(part).collect();
    let prepared = Prepared::assemble(device, pipelines, activation.name(), &parts)?;
    Ok(prepared.with_parameters(activation.key(), Settings::PARAMETERS))
}

#[cfg(all(test, feature = "offload"))]
pub(super) mod tests;
