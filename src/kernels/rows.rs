//! Operations over rows: which dispatches cover them, and who takes which row.

pub(super) mod cross_entropy;
mod mask;
mod plan;
mod settings;

use super::assemble::Part;
use super::checks::{access, check, dtypes, placement};
use super::kernel::{Kernel, Key};
use super::pipelines::Pipelines;
use super::plan::{Binding, fold};
use super::prepared::Prepared;
use super::scratch::scratch_bytes;
use super::{KernelError, Kernels};
use crate::activation::{RowActivation, RowFunction};
use crate::dtype::Dtype;
use crate::shader::{
    Access, BufferUse, MaskKind, Operand, Operation, RowShader, ShaderError, Stage, Team,
    row_operands,
};
use crate::tensor::{Mask, Rows, TensorView};
use plan::{KEPT_STEPS, Plan, SUMMARY_SIZE};
use settings::Settings;

impl Kernels {
    /// Prepares `output = f(input)` over each row.
    ///
    /// A row whose elements lie side by side is read once up to 8192 of them, and twice beyond; backward
    /// alike. Where other rows lie between its elements it is read once as far as each invocation has 32.
    ///
    /// On a device with [`wgpu::Features::SUBGROUP`], invocations that share a row whose elements lie
    /// side by side meet in their subgroup; else in the workgroup's memory.
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

    /// Prepares `output = f(input)` over each row, as far as the mask lets elements take part.
    ///
    /// The gradient needs no mask: [`Kernels::backward_rows`] with [`Mask::rows`].
    pub fn forward_rows_masked(
        &self,
        activation: &RowActivation,
        mask: &Mask,
        input: &TensorView,
        output: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task {
            activation,
            rows: mask.rows(),
            mask: Some(mask),
            operation: Operation::Forward,
        };
        task.prepare(&self.device, &self.pipelines, &[input, output])
    }

    /// [`Kernels::forward_rows_masked`] with the output in place of the input.
    pub fn forward_rows_masked_in_place(
        &self,
        activation: &RowActivation,
        mask: &Mask,
        tensor: &TensorView,
    ) -> Result<Prepared, KernelError> {
        let task = Task {
            activation,
            rows: mask.rows(),
            mask: Some(mask),
            operation: Operation::ForwardInPlace,
        };
        task.prepare(&self.device, &self.pipelines, &[tensor])
    }

    /// Prepares the gradient of each row's input, from the saved output of the forward function.
    ///
    /// Elements that have no part in their row have no gradient: those of log_softmax that are −∞, whether a
    /// mask left them out or their input was −∞, or the saved type could not hold them.
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
        let task = Task {
            activation,
            rows,
            mask: None,
            operation,
        };
        task.prepare(&self.device, &self.pipelines, tensors)
    }
}

/// What distinguishes one pipeline from another.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(super) struct RowKey {
    function: RowFunction,
    operation: Operation,
    mask: MaskKind,
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
            mask: self.mask,
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

    fn bindings(&self) -> Vec<BufferUse> {
        let mut bindings = self.access.bindings(&self.operands());
        if self.stage != Stage::Whole {
            bindings.push(BufferUse::Written);
        }
        bindings
    }

    fn is_trusted(&self) -> bool {
        true
    }
}

/// What is done over rows.
#[derive(Clone, Copy)]
struct Task<'a> {
    activation: &'a RowActivation,
    rows: &'a Rows,
    mask: Option<&'a Mask>,
    operation: Operation,
}

impl Task<'_> {
    fn prepare(
        &self,
        device: &wgpu::Device,
        pipelines: &Pipelines,
        tensors: &[&TensorView],
    ) -> Result<Prepared, KernelError> {
        let operands = row_operands(self.operation);
        check(self.operation, operands, tensors)?;
        check_shape(operands, self.rows, tensors)?;
        let mut bound = tensors.to_vec();
        if let Some(mask) = self.mask {
            mask::check(operands, tensors, mask)?;
            bound.extend(mask::view(mask));
        }
        let dtypes = dtypes(&bound);
        let access = access(&bound);
        let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
        let mask = self.mask.and_then(mask::placed);
        let limits = &pipelines.limits;
        let Plan {
            team,
            all_parts,
            mut steps,
            summaries,
        } = Plan::new(limits, self.rows, &placements, mask.as_ref(), KEPT_STEPS)?;
        let summaries = match summaries {
            0 => None,
            count => Some(scratch_bytes(device, count * SUMMARY_SIZE)?),
        };
        if let Some(summaries) = &summaries {
            bound.push(summaries);
            for step in &mut steps {
                step.bindings.push(Binding {
                    bytes: summaries.byte_range(),
                    first: 0,
                });
            }
        }
        let team = met_on(device, team);
        let teams = RowShader::WORKGROUP / team.threads;
        let parts = steps.iter().map(|step| {
            let grid = fold(limits, (step.rows * step.parts).div_ceil(teams));
            let settings = Settings {
                groups_per_row: grid.0,
                all_parts,
                ..Settings::new(self.activation, self.rows, team, step)
            };
            let settings = match self.mask {
                Some(mask) => settings.with_mask(mask, step),
                None => settings,
            };
            let shader = RowShader {
                function: self.activation.function(),
                operation: self.operation,
                mask: self.mask.map_or(MaskKind::None, mask::kind),
                dtypes: &dtypes,
                access,
                team,
                stage: step.stage,
            };
            Part {
                kernel: Box::new(shader),
                settings: bytemuck::bytes_of(&settings).to_vec(),
                tensors: &bound,
                bindings: &step.bindings,
                images: &[],
                grid,
            }
        });
        let parts: Vec<_> = parts.collect();
        let name = self.activation.function().name();
        Prepared::assemble(device, pipelines, name, &parts)
    }
}

/// A team whose members meet in subgroups where they can: of those that are interleaved with others' no
/// subgroup has more than one. In a browser, WGSL would have to ask for them as naga does not understand.
fn met_on(device: &wgpu::Device, team: Team) -> Team {
    let is_there = device.features().contains(wgpu::Features::SUBGROUP);
    let has_many = !team.is_interleaved && team.threads > 1;
    Team {
        has_subgroups: is_there && !cfg!(target_family = "wasm") && has_many,
        ..team
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
