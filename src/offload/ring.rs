use futures_intrusive::channel::shared::oneshot_channel;

use super::job::Types;
use super::poller::Mapped;
use super::{Offload, OffloadError};
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::scope::scoped;
use crate::tensor::TensorView;

/// Chunks on their way at a time: one being filled, one being computed, one being read.
pub(super) const SLOTS: usize = 3;

/// Elements of one chunk at most. 16 MiB: long enough to hide a submission, short enough that all
/// slots together stay small.
pub(super) const MAX_CHUNK: u64 = 1 << 22;

/// Elements of one chunk at least, so that slots made for short tensors serve again.
const MIN_CHUNK: u64 = 1 << 16;

/// The buffers of one chunk on its way through the device.
#[derive(Debug)]
pub(super) struct Slot {
    capacity: u64,
    types: Types,
    /// One for a forward pass, two (input, gradient) for a backward pass.
    lanes: Vec<Lane>,
    /// The result's own tensor, where it cannot take the place of the last input.
    output: Option<wgpu::Buffer>,
    read_back: wgpu::Buffer,
}

/// A tensor's way in.
#[derive(Debug)]
struct Lane {
    dtype: Dtype,
    upload: wgpu::Buffer,
    tensor: wgpu::Buffer,
}

/// The size of the chunks in which `elements` are streamed.
pub(super) fn chunk(limits: &wgpu::Limits, elements: u64) -> u64 {
    let fits = limits
        .max_buffer_size
        .min(limits.max_storage_buffer_binding_size)
        / 4;
    elements
        .checked_next_power_of_two()
        .map_or(MAX_CHUNK, |chunk| chunk.clamp(MIN_CHUNK, MAX_CHUNK))
        .min(fits)
        .max(1)
}

impl Slot {
    /// A slot with its upload buffers mapped.
    pub(super) fn new(gpu: &Offload, capacity: u64, types: Types) -> Result<Self, OffloadError> {
        use wgpu::BufferUsages as Usage;
        let tensor = Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST;
        let new = |dtype, usage| buffer(gpu, bytes(dtype, capacity), usage);
        let lane = |&dtype| {
            Ok(Lane {
                dtype,
                upload: new(dtype, Usage::MAP_WRITE | Usage::COPY_SRC)?,
                tensor: new(dtype, tensor)?,
            })
        };
        let lanes = types.inputs.iter().map(lane);
        Ok(Self {
            capacity,
            lanes: lanes.collect::<Result<_, OffloadError>>()?,
            output: match types.in_place() {
                true => None,
                false => Some(new(types.output, tensor)?),
            },
            read_back: new(types.output, Usage::MAP_READ | Usage::COPY_DST)?,
            types,
        })
    }

    pub(super) fn serves(&self, capacity: u64, types: &Types) -> bool {
        self.capacity == capacity && self.types == *types
    }

    /// The first `len` elements of one of its inputs on the device.
    pub(super) fn tensor(&self, lane: usize, len: u64) -> Result<TensorView, OffloadError> {
        let Lane { tensor, dtype, .. } = &self.lanes[lane];
        view(tensor, *dtype, len)
    }

    /// The first `len` elements of the result on the device, where it has a tensor of its own.
    pub(super) fn output(&self, len: u64) -> Result<Option<TensorView>, OffloadError> {
        let output = self.output.as_ref();
        output
            .map(|output| view(output, self.types.output, len))
            .transpose()
    }

    /// Writes elements of one tensor where the next submission picks them up.
    pub(super) fn fill(&self, lane: usize, elements: &[u8]) -> Result<(), OffloadError> {
        let size = (elements.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT);
        let mut view = self.lanes[lane]
            .upload
            .get_mapped_range_mut(..size)
            .map_err(|_| OffloadError::DeviceLost)?;
        view.slice(..elements.len()).copy_from_slice(elements);
        Ok(())
    }

    /// Copies the chunk in, lets `compute` record its work, copies the last tensor out, submits.
    /// When all that it returns is mapped, the slot can be read and filled again.
    pub(super) fn submit(
        &self,
        gpu: &Offload,
        len: u64,
        compute: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Vec<Mapped>, OffloadError> {
        let (submission, mapped) = scoped(&gpu.device, || {
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            for lane in &self.lanes {
                lane.upload.unmap();
                let bytes = bytes(lane.dtype, len);
                encoder.copy_buffer_to_buffer(&lane.upload, 0, &lane.tensor, 0, bytes);
            }
            compute(&mut encoder);
            let last = self.lanes.last().map(|lane| &lane.tensor);
            if let Some(result) = self.output.as_ref().or(last) {
                let bytes = bytes(self.types.output, len);
                encoder.copy_buffer_to_buffer(result, 0, &self.read_back, 0, bytes);
            }
            let submission = gpu.queue.submit([encoder.finish()]);
            let mut mapped = vec![map(&self.read_back, wgpu::MapMode::Read)];
            mapped.extend(
                self.lanes
                    .iter()
                    .map(|lane| map(&lane.upload, wgpu::MapMode::Write)),
            );
            (submission, mapped)
        })?;
        gpu.poller.watch(submission);
        Ok(mapped)
    }

    /// Hands over what came back, in the machine's byte order.
    pub(super) fn read(
        &self,
        gpu: &Offload,
        len: u64,
        take: impl FnOnce(&[u8]) -> Result<(), OffloadError>,
    ) -> Result<(), OffloadError> {
        let view = self
            .read_back
            .get_mapped_range(..bytes(self.types.output, len))
            .map_err(|_| OffloadError::DeviceLost)?;
        let taken = take(&view[..(len * self.types.output.size()) as usize]);
        drop(view);
        // wgpu destroys the buffers of a device that was lost meanwhile.
        let unmapped = scoped(&gpu.device, || self.read_back.unmap());
        taken?;
        unmapped.map_err(|_| OffloadError::DeviceLost)
    }
}

/// The bytes of a buffer for `len` elements: buffers are copied and mapped in whole words.
fn bytes(dtype: Dtype, len: u64) -> u64 {
    (len * dtype.size()).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT)
}

fn view(buffer: &wgpu::Buffer, dtype: Dtype, len: u64) -> Result<TensorView, OffloadError> {
    Ok(TensorView::new(buffer, dtype, 0, len).map_err(KernelError::from)?)
}

fn buffer(
    gpu: &Offload,
    size: u64,
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, OffloadError> {
    Ok(scoped(&gpu.device, || {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation staging"),
            size,
            usage,
            mapped_at_creation: usage.contains(wgpu::BufferUsages::MAP_WRITE),
        })
    })?)
}

fn map(buffer: &wgpu::Buffer, mode: wgpu::MapMode) -> Mapped {
    let (sender, receiver) = oneshot_channel();
    buffer.map_async(mode, .., move |result| {
        // Nobody listens any more when the job was cancelled.
        let _ = sender.send(result);
    });
    receiver
}
