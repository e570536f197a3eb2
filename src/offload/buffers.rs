//! Buffers of the library's own beside the ring.

use super::slot::{buffer, map};
use super::{Offload, OffloadError};
use crate::kernels::KernelError;
use crate::kernels::scope::scoped;

/// A buffer for kernels with these contents, filled up to a whole word.
pub(super) fn filled(device: &wgpu::Device, contents: &[u8]) -> Result<wgpu::Buffer, KernelError> {
    let size = (contents.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT);
    let limit = device.limits().max_buffer_size;
    if size > limit {
        return Err(KernelError::TooMany {
            what: "bytes that the device has to hold at once",
            count: size,
            limit,
        });
    }
    let buffer = scoped(device, || {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation contents"),
            size,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: true,
        })
    })?;
    let mut view = buffer
        .get_mapped_range_mut(..)
        .map_err(|_| KernelError::DeviceLost)?;
    view.slice(..contents.len()).copy_from_slice(contents);
    drop(view);
    scoped(device, || buffer.unmap())?;
    Ok(buffer)
}

impl Offload {
    /// What a buffer holds once all that is recorded has run.
    pub(super) async fn contents_after(
        &self,
        source: &wgpu::Buffer,
        record: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Vec<u8>, OffloadError> {
        use wgpu::BufferUsages as Usage;
        let size = source.size();
        let read_back = buffer(self, size, Usage::MAP_READ | Usage::COPY_DST)?;
        let (submission, mapped) = scoped(&self.device, || {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            record(&mut encoder);
            encoder.copy_buffer_to_buffer(source, 0, &read_back, 0, size);
            let submission = self.queue.submit([encoder.finish()]);
            (submission, map(&read_back, wgpu::MapMode::Read))
        })?;
        self.poller.watch(submission);
        self.poller.wait_for(mapped).await?;
        let view = read_back
            .get_mapped_range(..)
            .map_err(|_| OffloadError::DeviceLost)?;
        Ok(view.to_vec())
    }
}
