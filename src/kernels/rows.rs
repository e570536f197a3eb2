//! Operations over rows: which dispatches cover them, and who takes which row.

mod plan;

use bytemuck::{Pod, Zeroable};

use super::KernelError;
use super::kernel::Kernel;
use super::pipelines::Pipelines;
use super::plan::{Binding, fold};
use super::prepared::{Part, Prepared, access, check, dtypes, placement};
use super::scope::scoped;
use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::shader::{Operand, Operation, RowShader, Team, row_operands};
use crate::tensor::{Rows, TensorView};
use plan::{Plan, SUMMARY_SIZE, Step};

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
            kernel: Kernel::Rows(shader(team, step.stage)),
            settings: bytemuck::bytes_of(&settings).to_vec(),
            bindings: &step.bindings,
            grid,
        }
    });
    let parts: Vec<_> = parts.collect();
    let name = activation.function().name();
    Prepared::assemble(device, pipelines, name, operation, &bound, &parts)
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
