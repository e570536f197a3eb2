//! Operations over rows: which dispatches cover them, and who takes which row.

pub(super) mod cross_entropy;
mod plan;

use bytemuck::{Pod, Zeroable};

use super::kernel::{Kernel, Key};
use super::pipelines::Pipelines;
use super::plan::{Binding, fold};
use super::prepared::{Part, Prepared, access, check, dtypes, placement};
use super::scope::scoped;
use super::{KernelError, Kernels};
use crate::activation::{RowActivation, RowFunction};
use crate::dtype::Dtype;
use crate::shader::{
    Access, Operand, Operation, RowShader, ShaderError, Stage, Team, row_operands,
};
use crate::tensor::{Rows, TensorView};
use plan::{Plan, SUMMARY_SIZE, Step};

impl Kernels {
    /// Prepares `output = f(input)` over each row.
    pub fn forward_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(activation, rows, Operation::Forward, &[input, output])
    }

    /// Prepares `tensor = f(tensor)` over each row.
    pub fn forward_rows_in_place(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(activation, rows, Operation::ForwardInPlace, &[tensor])
    }

    /// Prepares the gradient of each row's input, from the saved output of the forward function.
    ///
    /// Elements that have no part in their row have no gradient.
    pub fn backward_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &TensorView,
        grad_output: &TensorView,
        grad_input: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let tensors = [output, grad_output, grad_input];
        self.prepare_rows(activation, rows, Operation::Backward, &tensors)
    }

    /// [`Kernels::backward_rows`] with the gradient of the input in place of that of the output.
    pub fn backward_rows_in_place(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        output: &TensorView,
        grad: &TensorView,
    ) -> Result<Prepared, KernelError> {
        self.prepare_rows(
            activation,
            rows,
            Operation::BackwardInPlace,
            &[output, grad],
        )
    }

    fn prepare_rows(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        operation: Operation,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        prepare(
            &self.device,
            &self.pipelines,
            activation,
            rows,
            operation,
            tensors,
        )
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowKey {
    function: RowFunction,
    operation: Operation,
    dtypes: Vec<Dtype>,
    access: Access,
    team: Team,
    stage: Stage,
}

impl Kernel for RowShader<'_> {
    fn key(&self) -> Key {
        Key::Rows(RowKey {
            function: self.function,
            operation: self.operation,
            dtypes: self.dtypes.to_vec(),
            access: self.access,
            team: self.team,
            stage: self.stage,
        })
    }

    fn wgsl(&self) -> Result<String, ShaderError> {
        RowShader::wgsl(self)
    }

    fn name(&self) -> &str {
        self.function.name()
    }

    fn label(&self) -> String {
        format!(
            "{} {:?} {:?}",
            self.function.name(),
            self.operation,
            self.stage
        )
    }

    fn bindings(&self) -> Vec<bool> {
        let mut bindings = self.access.bindings(row_operands(self.operation));
        if self.stage != Stage::Whole {
            bindings.push(false);
        }
        bindings
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

/// `struct Settings` of `rows/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    rows: u32,
    groups_per_row: u32,
    len: u32,
    inner: u32,
    parts: u32,
    part_len: u32,
    blocks: u32,
    scale: f32,
    flip: u32,
    first_part: u32,
    all_parts: u32,
    padding: u32,
    first: [u32; 4],
}

fn prepare(
    device: &wgpu::Device,
    pipelines: &Pipelines,
    activation: &RowActivation,
    rows: &Rows,
    operation: Operation,
    tensors: &[&TensorView],
) -> Result<Prepared, KernelError> {
    let operands = row_operands(operation);
    check(operation, operands, tensors)?;
    check_shape(operands, rows, tensors)?;
    let dtypes = dtypes(tensors);
    let shader = |team, stage| RowShader {
        function: activation.function(),
        operation,
        dtypes: &dtypes,
        access: access(tensors),
        team,
        stage,
    };
    let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
    let Plan {
        team,
        all_parts,
        mut steps,
        summaries,
    } = Plan::new(&pipelines.limits, rows, &placements)?;
    let summaries = match summaries {
        0 => None,
        count => Some(scratch(device, count * SUMMARY_SIZE)?),
    };
    let mut bound = tensors.to_vec();
    if let Some(summaries) = &summaries {
        bound.push(summaries);
        for step in &mut steps {
            step.bindings.push(Binding {
                bytes: summaries.byte_range(),
                first: 0,
            });
        }
    }
    let teams = RowShader::WORKGROUP / team.threads;
    let parts = steps.iter().map(|step| {
        let grid = fold(&pipelines.limits, (step.rows * step.parts).div_ceil(teams));
        let settings = Settings {
            groups_per_row: grid.0,
            all_parts,
            ..Settings::new(activation, rows, team, step)
        };
        Part {
            kernel: Box::new(shader(team, step.stage)),
            settings: bytemuck::bytes_of(&settings).to_vec(),
            tensors: &bound,
            bindings: &step.bindings,
            grid,
        }
    });
    let parts: Vec<_> = parts.collect();
    let name = activation.function().name();
    Prepared::assemble(device, pipelines, name, &parts)
}

fn scratch(device: &wgpu::Device, bytes: u64) -> Result<TensorView, KernelError> {
    let buffer = scoped(device, || {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation summaries"),
            size: bytes,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        })
    })?;
    Ok(TensorView::new(
        &buffer,
        Dtype::F32,
        0,
        bytes / Dtype::F32.size(),
    )?)
}

impl Settings {
    fn new(activation: &RowActivation, rows: &Rows, team: Team, step: &Step) -> Self {
        let factor = activation.factor();
        let mut settings = Self {
            rows: step.rows,
            len: step.len,
            inner: rows.inner() as u32,
            parts: step.parts,
            part_len: step.part_len,
            blocks: step.part_len.div_ceil(team.threads * team.steps),
            scale: factor.abs(),
            flip: factor.to_bits() & 0x8000_0000,
            first_part: step.first_part,
            ..Self::zeroed()
        };
        for (first, binding) in settings.first.iter_mut().zip(&step.bindings) {
            *first = binding.first;
        }
        settings
    }
}

fn check_shape(
    operands: &[Operand],
    rows: &Rows,
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    let first = operands.first().zip(tensors.first());
    match first {
        Some((operand, tensor)) if tensor.len() != rows.elements() => Err(KernelError::Shape {
            name: operand.name,
            len: tensor.len(),
            rows: rows.count(),
            row: rows.len(),
        }),
        _ => Ok(()),
    }
}
