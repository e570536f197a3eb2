//! Operations over rows: which dispatches cover them, and who takes which row.

use bytemuck::{Pod, Zeroable};

use super::KernelError;
use super::kernel::Kernel;
use super::pipelines::Pipelines;
use super::plan::{Binding, Limits, fold, window};
use super::prepared::{Part, Prepared, access, check, dtypes, placement};
use crate::activation::RowActivation;
use crate::shader::{Operand, Operation, RowShader, Team, row_operands};
use crate::tensor::{Rows, TensorView};

/// Elements that an invocation keeps at a time: in a row that its team reads once.
const STEPS: u32 = 8;

/// `struct Settings` of `rows/settings.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
struct Settings {
    rows: u32,
    groups_per_row: u32,
    len: u32,
    inner: u32,
    blocks: u32,
    scale: f32,
    flip: u32,
    padding: u32,
    first: [u32; 4],
}

/// Rows that one dispatch takes.
struct Step {
    rows: u32,
    bindings: Vec<Binding>,
}

pub(super) fn prepare(
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
    let team = team(rows);
    let shader = RowShader {
        function: activation.function(),
        operation,
        dtypes: &dtypes,
        access: access(tensors),
        team,
    };
    let steps = plan(&pipelines.limits, rows, tensors)?;
    let parts: Vec<_> = steps
        .iter()
        .map(|step| {
            let teams = RowShader::WORKGROUP / team.threads;
            let grid = fold(&pipelines.limits, step.rows.div_ceil(teams));
            let settings = Settings::new(activation, rows, team, step, grid);
            Part {
                kernel: Kernel::Rows(shader),
                settings: bytemuck::bytes_of(&settings).to_vec(),
                bindings: &step.bindings,
                grid,
            }
        })
        .collect();
    let name = activation.function().name();
    Prepared::assemble(device, pipelines, name, operation, tensors, &parts)
}

impl Settings {
    fn new(
        activation: &RowActivation,
        rows: &Rows,
        team: Team,
        step: &Step,
        grid: (u32, u32),
    ) -> Self {
        let factor = activation.factor();
        let mut settings = Self {
            rows: step.rows,
            groups_per_row: grid.0,
            len: rows.len() as u32,
            inner: rows.inner() as u32,
            blocks: (rows.len() as u32).div_ceil(team.threads * team.steps),
            scale: factor.abs(),
            flip: factor.to_bits() & 0x8000_0000,
            padding: 0,
            first: [0; 4],
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

/// As many invocations for a row as have enough to do; where rows lie beside one another, as few as
/// leave a neighbour for each of a workgroup's.
fn team(rows: &Rows) -> Team {
    let is_interleaved = rows.inner() > 1;
    let busy = rows.len().div_ceil(STEPS.into()).next_power_of_two();
    let workgroup = u64::from(RowShader::WORKGROUP);
    let neighbours = rows.inner().next_power_of_two().min(workgroup);
    let threads = busy.min(if is_interleaved {
        workgroup / neighbours
    } else {
        workgroup
    });
    Team {
        threads: threads as u32,
        steps: STEPS.min(rows.len().next_power_of_two().max(1) as u32),
        is_interleaved,
    }
}

/// Covers all rows with dispatches, each of whole slabs: of a row for every element of the inner axes.
fn plan(limits: &Limits, rows: &Rows, tensors: &[&TensorView]) -> Result<Vec<Step>, KernelError> {
    let slab = rows.len() * rows.inner();
    if slab == 0 || rows.outer() == 0 {
        return Ok(Vec::new());
    }
    let largest = tensors
        .iter()
        .map(|tensor| tensor.dtype().size())
        .max()
        .unwrap_or(4);
    let elements = limits.elements_per_binding(largest);
    let slabs = elements / slab;
    if slabs == 0 {
        return Err(KernelError::RowTooLarge {
            elements: slab,
            limit: elements,
        });
    }
    let mut steps = Vec::new();
    let mut outer = 0;
    while outer < rows.outer() {
        let end = rows.outer().min(outer + slabs);
        let bindings = tensors
            .iter()
            .map(|tensor| window(limits, &placement(tensor), outer * slab..end * slab));
        steps.push(Step {
            rows: ((end - outer) * rows.inner()) as u32,
            bindings: bindings.collect(),
        });
        outer = end;
    }
    Ok(steps)
}
