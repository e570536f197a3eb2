//! Operations that draw a slope for each element.

use bytemuck::{Pod, Zeroable};

use super::assemble::Part;
use super::checks::{access, check, dtypes, placement};
use super::kernel::{Kernel, Key};
use super::plan::{Step, plan};
use super::prepared::Prepared;
use super::{KernelError, Kernels};
use crate::activation::{RandomisedRelu, Seed};
use crate::dtype::Dtype;
use crate::shader::{Access, BufferUse, Lanes, Operation, RandomisedShader, ShaderError};
use crate::tensor::TensorView;

impl Kernels {
    /// Prepares `output = f(input)`, where each element that is not positive has a slope of its own.
    ///
    /// A seed gives the same bits on every adapter, however the tensor is divided
    /// ([`Seed::from_element`]); results below 2⁻¹²⁶ may be flushed to zero. [`Prepared::set_seed`]
    /// changes it without preparing anew.
    pub fn forward_randomised(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_randomised(relu, seed, Operation::Forward, &[input, output])
    }

    /// [`Kernels::forward_randomised`] in place.
    pub fn forward_randomised_in_place(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_randomised(relu, seed, Operation::ForwardInPlace, &[tensor])
    }

    /// Prepares `grad_input = f′(input) · grad_output`, with the slopes that the same seed gave forward:
    /// they are drawn again, not kept.
    pub fn backward_randomised(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        input: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [input, grad_output, grad_input];
        self.prepare_randomised(relu, seed, Operation::Backward, &tensors)
    }

    /// Prepares any operation on the tensors that [`Operation::operands`] names, in that order.
    ///
    /// Where it adds to a gradient, adapters may round the sum once or twice.
    pub fn prepare_randomised(
        &self,
        relu: &RandomisedRelu,
        seed: Seed,
        operation: Operation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        check(operation, operation.operands(), tensors)?;
        let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
        let steps = plan(&self.pipelines.limits, tensors[0].len(), &placements);
        let dtypes = dtypes(tensors);
        let access = access(tensors);
        let mut start = 0;
        let mut parts = Vec::new();
        for step in &steps {
            parts.push(Part {
                kernel: Box::new(RandomisedShader {
                    operation,
                    dtypes: &dtypes,
                    lanes: step.lanes,
                    access,
                }),
                settings: bytemuck::bytes_of(&Settings::new(step, start, relu, seed)).to_vec(),
                tensors,
                bindings: &step.bindings,
                images: &[],
                grid: step.grid,
            });
            start += u64::from(step.elements);
        }
        let name = RandomisedShader::NAME;
        let prepared = Prepared::assemble(&self.device, &self.pipelines, name, &parts)?;
        Ok(prepared
            .with_parameters(relu.evaluation().key(), Settings::BOUNDS)
            .with_seed(Settings::SEED))
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RandomisedKey {
    operation: Operation,
    dtypes: Vec<Dtype>,
    lanes: Lanes,
    access: Access,
}

impl Kernel for RandomisedShader<'_> {
    fn key(&self) -> Key {
        Key::Randomised(RandomisedKey {
            operation: self.operation,
            dtypes: self.dtypes.to_vec(),
            lanes: self.lanes,
            access: self.access,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        RandomisedShader::wgsl(self)
    }

    fn name(&self) -> &str {
        Self::NAME
    }

    fn label(&self) -> String {
        format!("{} randomised {:?}", Self::NAME, self.operation)
    }

    fn bindings(&self) -> Vec<BufferUse> {
        self.access.bindings(self.operation.operands())
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

/// `struct Settings` of `elementwise.wgsl`, with `struct Parameters` of `randomised/slopes.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    items: u32,
    groups_per_row: u32,
    elements: u32,
    padding: u32,
    first: [u32; 4],
    bounds: [f32; 2],
    seed: SeedSettings,
    skipped_lanes: u32,
    skipped_counters: [u32; 2],
}

/// A seed, as the shader takes it.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(super) struct SeedSettings {
    key: [u32; 2],
    offset: [u32; 2],
    lane: u32,
}

impl From<Seed> for SeedSettings {
    fn from(seed: Seed) -> Self {
        Self {
            key: halves(seed.key()),
            offset: halves(seed.offset()),
            lane: seed.lane().into(),
        }
    }
}

/// The lower and the upper 32 bits.
fn halves(value: u64) -> [u32; 2] {
    [value as u32, (value >> 32) as u32]
}

impl Settings {
    const BOUNDS: u64 = std::mem::offset_of!(Self, bounds) as u64;
    const SEED: u64 = std::mem::offset_of!(Self, seed) as u64;

    /// For a step that begins at that element of the tensor.
    fn new(step: &Step, start: u64, relu: &RandomisedRelu, seed: Seed) -> Self {
        let mut settings = Self {
            items: step.items,
            groups_per_row: step.grid.0,
            elements: step.elements,
            bounds: [relu.lower(), relu.upper()],
            seed: seed.into(),
            skipped_lanes: (start % 4) as u32,
            skipped_counters: halves(start / 4),
            ..Self::zeroed()
        };
        for (first, binding) in settings.first.iter_mut().zip(&step.bindings) {
            *first = binding.first;
        }
        settings
    }
}
