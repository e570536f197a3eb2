//! Operations over rows: which dispatches cover them, and who takes which row.

use bytemuck::{Pod, Zeroable};

use super::KernelError;
use super::kernel::Kernel;
use super::pipelines::Pipelines;
use super::plan::{Binding, Limits, Placement, fold, window};
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
    let placements: Vec<_> = tensors.iter().map(|tensor| placement(tensor)).collect();
    let steps = plan(&pipelines.limits, rows, &placements)?;
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
fn plan(limits: &Limits, rows: &Rows, tensors: &[Placement]) -> Result<Vec<Step>, KernelError> {
    let slab = rows.len() * rows.inner();
    if slab == 0 || rows.outer() == 0 {
        return Ok(Vec::new());
    }
    let largest = tensors
        .iter()
        .map(|tensor| tensor.element_size)
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
            .map(|tensor| window(limits, tensor, outer * slab..end * slab));
        steps.push(Step {
            rows: ((end - outer) * rows.inner()) as u32,
            bindings: bindings.collect(),
        });
        outer = end;
    }
    Ok(steps)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    proptest! {
        #[test]
        fn every_row_is_covered_once_and_nothing_else(
            shape in (1_u64..300, 1_u64..200, 1_u64..20),
            tensors in prop::collection::vec((0_u64..2_000, prop::sample::select(vec![2_u64, 4])), 1..=3),
            binding in 16_384_u64..200_000,
            alignment in prop::sample::select(vec![4_u64, 32, 256]),
        ) {
            let limits = Limits {
                max_binding_bytes: binding,
                offset_alignment: alignment,
                max_workgroups_per_dimension: 65_535,
            };
            let (outer, len, inner) = shape;
            let rows = Rows::along(&[outer, len, inner], 1).unwrap();
            let tensors: Vec<_> = tensors
                .iter()
                .map(|&(at, element_size)| Placement { offset: at * element_size, element_size })
                .collect();
            let steps = plan(&limits, &rows, &tensors).unwrap();
            for (index, tensor) in tensors.iter().enumerate() {
                let mut next = tensor.offset;
                for step in &steps {
                    let binding = &step.bindings[index];
                    prop_assert!(binding.bytes.start.is_multiple_of(alignment));
                    prop_assert!(binding.bytes.end - binding.bytes.start <= limits.max_binding_bytes);
                    let start = binding.bytes.start + u64::from(binding.first) * tensor.element_size;
                    prop_assert_eq!(start, next);
                    next += u64::from(step.rows) * len * tensor.element_size;
                    prop_assert!(next <= binding.bytes.end);
                }
                prop_assert_eq!(next, tensor.offset + rows.elements() * tensor.element_size);
            }
        }
    }

    #[test]
    fn teams_are_as_large_as_their_rows() {
        let threads = |shape: &[u64], axis| {
            let team = team(&Rows::along(shape, axis).unwrap());
            (team.threads, team.steps)
        };
        assert_eq!(threads(&[10, 1], 1), (1, 1));
        assert_eq!(threads(&[10, 3], 1), (1, 4));
        assert_eq!(threads(&[10, 1000], 1), (128, 8));
        assert_eq!(threads(&[10, 100_000], 1), (256, 8));
        // A team for each of 70 neighbours and more leaves two invocations to each.
        assert_eq!(threads(&[10, 1000, 70], 1), (2, 8));
        assert_eq!(threads(&[10, 1000, 1000], 1), (1, 8));
    }
}
