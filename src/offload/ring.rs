use futures_intrusive::channel::shared::oneshot_channel;

use super::poller::Mapped;
use super::{Offload, OffloadError};
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
    /// One for a forward pass, two (input, gradient) for a backward pass.
    lanes: Vec<Lane>,
    read_back: wgpu::Buffer,
}

/// A tensor's way in.
#[derive(Debug)]
struct Lane {
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
    pub(super) fn new(gpu: &Offload, capacity: u64, lanes: usize) -> Result<Self, OffloadError> {
        use wgpu::BufferUsages as Usage;
        let tensor = Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST;
        Ok(Self {
            capacity,
            lanes: (0..lanes)
                .map(|_| {
                    Ok(Lane {
                        upload: buffer(gpu, capacity, Usage::MAP_WRITE | Usage::COPY_SRC)?,
                        tensor: buffer(gpu, capacity, tensor)?,
                    })
                })
                .collect::<Result<_, OffloadError>>()?,
            read_back: buffer(gpu, capacity, Usage::MAP_READ | Usage::COPY_DST)?,
        })
    }

    pub(super) fn serves(&self, capacity: u64, lanes: usize) -> bool {
        self.capacity == capacity && self.lanes.len() == lanes
    }

    /// The first `len` elements of one of its tensors on the device.
    pub(super) fn tensor(&self, lane: usize, len: u64) -> Result<TensorView, OffloadError> {
        let view = TensorView::f32(&self.lanes[lane].tensor).and_then(|view| view.slice(0..len));
        Ok(view.map_err(KernelError::from)?)
    }

    /// Writes elements of one tensor where the next submission picks them up.
    pub(super) fn fill(&self, lane: usize, elements: &[f32]) -> Result<(), OffloadError> {
        let bytes: &[u8] = bytemuck::cast_slice(elements);
        let mut view = self.lanes[lane]
            .upload
            .get_mapped_range_mut(..bytes.len() as u64)
            .map_err(|_| OffloadError::DeviceLost)?;
        view.copy_from_slice(bytes);
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
        let bytes = len * 4;
        let (submission, mapped) = scoped(&gpu.device, || {
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            for lane in &self.lanes {
                lane.upload.unmap();
                encoder.copy_buffer_to_buffer(&lane.upload, 0, &lane.tensor, 0, bytes);
            }
            compute(&mut encoder);
            if let Some(last) = self.lanes.last() {
                encoder.copy_buffer_to_buffer(&last.tensor, 0, &self.read_back, 0, bytes);
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
        len: u64,
        take: impl FnOnce(&[u8]) -> Result<(), OffloadError>,
    ) -> Result<(), OffloadError> {
        let view = self
            .read_back
            .get_mapped_range(..len * 4)
            .map_err(|_| OffloadError::DeviceLost)?;
        let taken = take(&view);
        drop(view);
        self.read_back.unmap();
        taken
    }
}

fn buffer(
    gpu: &Offload,
    elements: u64,
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, OffloadError> {
    Ok(scoped(&gpu.device, || {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation staging"),
            size: elements * 4,
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
