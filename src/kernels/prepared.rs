use super::KernelError;
use super::kernel::Kernel;
use super::pipelines::Pipelines;
use super::plan::{Binding, Placement};
use super::randomised::SeedSettings;
use super::scope::scoped;
use crate::activation::{Activation, Identity, Seed};
use crate::dtype::Dtype;
use crate::shader::{Access, Operand, Operation};
use crate::tensor::TensorView;

/// An operation on given tensors, ready to be recorded any number of times.
///
/// It holds the tensors' buffers. Recording allocates nothing, compiles nothing and takes no queue.
#[derive(Debug)]
pub struct Prepared {
    device: wgpu::Device,
    /// Whose hyper-parameters can be changed, where it has any, and where they lie in the settings.
    parameters: Option<(Identity, u64)>,
    /// Where a seed lies in the settings, where there is one.
    seed: Option<u64>,
    name: String,
    settings: wgpu::Buffer,
    /// Where the settings of the dispatches lie in the buffer.
    stride: u64,
    dispatches: Vec<Dispatch>,
}

#[derive(Debug)]
struct Dispatch {
    pipeline: wgpu::ComputePipeline,
    bind_group: wgpu::BindGroup,
    grid: (u32, u32),
}

/// One dispatch, before it is bound.
pub(super) struct Part<'a> {
    pub(super) kernel: Box<dyn Kernel + 'a>,
    /// Its `struct Settings`.
    pub(super) settings: Vec<u8>,
    pub(super) tensors: &'a [&'a TensorView],
    /// What is bound of each of these.
    pub(super) bindings: &'a [Binding],
    pub(super) grid: (u32, u32),
}

/// The most bytes of one dispatch's settings.
pub(super) const SETTINGS_SIZE: u64 = 256;

impl Prepared {
    /// Binds the tensors to the pipelines of all parts.
    pub(super) fn assemble(
        device: &wgpu::Device,
        pipelines: &Pipelines,
        name: &str,
        parts: &[Part<'_>],
    ) -> Result<Self, KernelError> {
        let compiled = parts
            .iter()
            .map(|part| pipelines.get(device, &*part.kernel));
        let compiled = compiled.collect::<Result<Vec<_>, _>>()?;
        let stride = SETTINGS_SIZE.next_multiple_of(pipelines.uniform_alignment);
        let settings = scoped(device, || upload_settings(device, stride, parts))??;
        let dispatches = scoped(device, || {
            let numbered = (0..).zip(parts.iter().zip(compiled));
            numbered
                .map(|(index, (part, pipeline))| Dispatch {
                    bind_group: bind_group(device, &pipeline, (&settings, index * stride), part),
                    pipeline,
                    grid: part.grid,
                })
                .collect()
        })?;
        Ok(Self {
            device: device.clone(),
            parameters: None,
            seed: None,
            name: name.to_owned(),
            settings,
            stride,
            dispatches,
        })
    }

    /// Lets the hyper-parameters of an activation be changed, which lie so many bytes into the settings.
    pub(super) fn with_parameters(self, activation: Identity, offset: u64) -> Self {
        Self {
            parameters: Some((activation, offset)),
            ..self
        }
    }

    /// Lets the seed be changed, which lies so many bytes into the settings.
    pub(super) fn with_seed(self, offset: u64) -> Self {
        Self {
            seed: Some(offset),
            ..self
        }
    }

    /// Records it into a compute pass that is already open.
    ///
    /// Sets the pass's pipeline and bind group 0, nothing else.
    pub fn dispatch(&self, pass: &mut wgpu::ComputePass<'_>) {
        for dispatch in &self.dispatches {
            pass.set_pipeline(&dispatch.pipeline);
            pass.set_bind_group(0, &dispatch.bind_group, &[]);
            pass.dispatch_workgroups(dispatch.grid.0, dispatch.grid.1, 1);
        }
    }

    /// Records it into an encoder, in a compute pass of its own.
    pub fn encode(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(&self.name),
            timestamp_writes: None,
        });
        self.dispatch(&mut pass);
    }

    /// Changes the values of the hyper-parameters from the queue's next submission on.
    ///
    /// `activation` must be the one that this was prepared for, with whatever values; `queue` must be
    /// that of the kernels' device.
    ///
    /// # Panics
    ///
    /// wgpu itself panics when the queue belongs to another device and that device has no error
    /// handler; a queue does not tell whose it is.
    pub fn set_parameters(
        &self,
        queue: &wgpu::Queue,
        activation: &Activation,
    ) -> Result<(), KernelError> {
        let Some((_, offset)) =
            (self.parameters.as_ref()).filter(|(key, _)| *key == activation.key())
        else {
            return Err(KernelError::OtherActivation {
                prepared: self.name.clone(),
                given: activation.name().to_owned(),
            });
        };
        if activation.values().is_empty() {
            return Ok(());
        }
        // No more than its own: other settings may follow.
        let members = &activation.members()[..activation.member_count()];
        self.set(queue, *offset, bytemuck::cast_slice(members))
    }

    /// Changes the seed from the queue's next submission on, for what was prepared with one.
    ///
    /// `queue` must be that of the kernels' device.
    ///
    /// # Panics
    ///
    /// As [`Prepared::set_parameters`] does.
    pub fn set_seed(&self, queue: &wgpu::Queue, seed: Seed) -> Result<(), KernelError> {
        let offset = self.seed.ok_or_else(|| KernelError::NoSeed {
            prepared: self.name.clone(),
        })?;
        self.set(queue, offset, bytemuck::bytes_of(&SeedSettings::from(seed)))
    }

    /// Writes bytes into the settings of every dispatch.
    fn set(&self, queue: &wgpu::Queue, offset: u64, bytes: &[u8]) -> Result<(), KernelError> {
        scoped(&self.device, || {
            for index in 0..self.dispatches.len() as u64 {
                queue.write_buffer(&self.settings, index * self.stride + offset, bytes);
            }
        })?;
        Ok(())
    }
}

/// The types of the tensors' elements.
pub(super) fn dtypes(tensors: &[&TensorView]) -> Vec<Dtype> {
    tensors.iter().map(|tensor| tensor.dtype()).collect()
}

/// How the tensors must be bound.
pub(super) fn access(tensors: &[&TensorView]) -> Access {
    let is_shared = |(index, tensor): (usize, &&TensorView)| {
        let mut others = tensors[..index].iter();
        others.any(|other| other.buffer() == tensor.buffer())
    };
    if tensors.iter().enumerate().any(is_shared) {
        Access::SharedBuffer
    } else {
        Access::Separate
    }
}

pub(super) fn placement(tensor: &TensorView) -> Placement {
    Placement {
        offset: tensor.byte_offset(),
        element_size: tensor.dtype().size(),
    }
}

/// Whether the tensors go together in an operation.
pub(super) fn check(
    operation: Operation,
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    if tensors.len() != operands.len() {
        return Err(KernelError::TensorCount {
            operation,
            expected: operands.len(),
            given: tensors.len(),
        });
    }
    check_lengths(operands, tensors)?;
    check_overlaps(operands, tensors)
}

/// Whether all tensors have the same length.
pub(super) fn check_lengths(
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    let (first_name, first) = (operands[0].name, tensors[0]);
    for (operand, tensor) in operands.iter().zip(tensors).skip(1) {
        if tensor.len() != first.len() {
            return Err(KernelError::LengthMismatch {
                first: first_name,
                first_len: first.len(),
                second: operand.name,
                second_len: tensor.len(),
            });
        }
    }
    Ok(())
}

/// Whether no tensor is written that shares bytes with another one.
pub(super) fn check_overlaps(
    operands: &[Operand],
    tensors: &[&TensorView],
) -> Result<(), KernelError> {
    // Tensors that are only read may overlap each other.
    let named: Vec<_> = operands.iter().zip(tensors).collect();
    for (index, (operand, tensor)) in named.iter().enumerate() {
        for (other_operand, other) in &named[..index] {
            if (operand.is_written || other_operand.is_written) && tensor.overlaps(other) {
                let (a, b) = (other.byte_range(), tensor.byte_range());
                return Err(KernelError::Overlap {
                    first: other_operand.name,
                    first_start: a.start,
                    first_end: a.end,
                    second: operand.name,
                    second_start: b.start,
                    second_end: b.end,
                });
            }
        }
    }
    Ok(())
}

/// Settings are written while the buffer is mapped at creation: that takes no queue.
fn upload_settings(
    device: &wgpu::Device,
    stride: u64,
    parts: &[Part<'_>],
) -> Result<wgpu::Buffer, KernelError> {
    let buffer = device.create_buffer(&wgpu::BufferDescriptor {
        label: Some("activation settings"),
        // An empty tensor has no dispatch, but a buffer must have a size.
        size: stride * parts.len().max(1) as u64,
        usage: wgpu::BufferUsages::UNIFORM | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: true,
    });
    {
        let mut view = buffer
            .get_mapped_range_mut(..)
            .map_err(|_| KernelError::DeviceLost)?;
        for (index, part) in parts.iter().enumerate() {
            let at = index * stride as usize;
            view.slice(at..at + part.settings.len())
                .copy_from_slice(&part.settings);
        }
    }
    buffer.unmap();
    Ok(buffer)
}

fn bind_group(
    device: &wgpu::Device,
    pipeline: &wgpu::ComputePipeline,
    (settings, settings_at): (&wgpu::Buffer, u64),
    part: &Part<'_>,
) -> wgpu::BindGroup {
    let binding = |buffer, offset, size| {
        wgpu::BindingResource::Buffer(wgpu::BufferBinding {
            buffer,
            offset,
            size: wgpu::BufferSize::new(size),
        })
    };
    let mut entries = vec![wgpu::BindGroupEntry {
        binding: 0,
        resource: binding(settings, settings_at, SETTINGS_SIZE),
    }];
    let slots = (1..).zip(part.tensors).zip(part.bindings);
    entries.extend(slots.map(|((slot, tensor), bound)| wgpu::BindGroupEntry {
        binding: slot,
        resource: binding(
            tensor.buffer(),
            bound.bytes.start,
            bound.bytes.end - bound.bytes.start,
        ),
    }));
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: None,
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}
