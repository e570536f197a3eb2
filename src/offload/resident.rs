//! Tensors and contents that stay on the device while others pass.

use super::slot::{buffer, map};
use super::{Offload, OffloadError};
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::scope::scoped;
use crate::tensor::TensorView;
use wgpu::BufferUsages as Usage;

/// A buffer for kernels with these contents, filled up to a whole word.
pub(super) fn filled(device: &wgpu::Device, contents: &[u8]) -> Result<wgpu::Buffer, KernelError> {
    let size = (contents.len() as u64).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT);
    let size = size.max(wgpu::COPY_BUFFER_ALIGNMENT);
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
            usage: Usage::STORAGE | Usage::COPY_SRC,
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
    /// A tensor of so many words, which wgpu fills with zeros.
    pub(super) fn zeros(&self, words: u64) -> Result<TensorView, OffloadError> {
        let size = (words * Dtype::F32.size()).max(4);
        let buffer = buffer(self, size, Usage::STORAGE | Usage::COPY_SRC)?;
        let view = TensorView::new(&buffer, Dtype::F32, 0, words);
        Ok(view.map_err(KernelError::from)?)
    }

    /// A tensor with these values.
    pub(super) fn upload(&self, values: &[f32]) -> Result<TensorView, OffloadError> {
        let buffer = filled(&self.device, bytemuck::cast_slice(values))?;
        let view = TensorView::new(&buffer, Dtype::F32, 0, values.len() as u64);
        Ok(view.map_err(KernelError::from)?)
    }

    /// The words of a tensor that is a buffer's only one.
    pub(super) async fn download(&self, tensor: &TensorView) -> Result<Vec<u32>, OffloadError> {
        let bytes = self.contents_after(tensor.buffer(), |_| ()).await?;
        let (words, _) = bytes.as_chunks::<{ size_of::<u32>() }>();
        let words = words.iter().take(tensor.len() as usize);
        Ok(words.copied().map(u32::from_ne_bytes).collect())
    }

    /// What a buffer holds once all that is recorded has run.
    pub(super) async fn contents_after(
        &self,
        source: &wgpu::Buffer,
        record: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Vec<u8>, OffloadError> {
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
