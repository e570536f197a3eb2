//! Tensors that stay on the device while others pass.

use super::slot::{buffer, map};
use super::{Offload, OffloadError};
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::scope::scoped;
use crate::tensor::TensorView;
use wgpu::BufferUsages as Usage;

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
        let bytes: &[u8] = bytemuck::cast_slice(values);
        let buffer = scoped(&self.device, || {
            let buffer = self.device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("activation parameters"),
                size: (bytes.len() as u64).max(4),
                usage: Usage::STORAGE,
                mapped_at_creation: true,
            });
            let mapped = buffer.get_mapped_range_mut(..);
            let filled = mapped.map(|mut view| view.slice(..bytes.len()).copy_from_slice(bytes));
            buffer.unmap();
            filled.map(|()| buffer)
        })?;
        let buffer = buffer.map_err(|_| OffloadError::DeviceLost)?;
        let view = TensorView::new(&buffer, Dtype::F32, 0, values.len() as u64);
        Ok(view.map_err(KernelError::from)?)
    }

    /// The words of a tensor that is a buffer's only one.
    pub(super) async fn download(&self, tensor: &TensorView) -> Result<Vec<u32>, OffloadError> {
        let size = tensor.buffer().size();
        let read_back = buffer(self, size, Usage::MAP_READ | Usage::COPY_DST)?;
        let (submission, mapped) = scoped(&self.device, || {
            let mut encoder = self.device.create_command_encoder(&Default::default());
            encoder.copy_buffer_to_buffer(tensor.buffer(), 0, &read_back, 0, size);
            let submission = self.queue.submit([encoder.finish()]);
            (submission, map(&read_back, wgpu::MapMode::Read))
        })?;
        self.poller.watch(submission);
        self.poller.wait_for(mapped).await?;
        let view = read_back
            .get_mapped_range(..)
            .map_err(|_| OffloadError::DeviceLost)?;
        let (words, _) = view.as_chunks::<{ size_of::<u32>() }>();
        let words = words.iter().take(tensor.len() as usize);
        Ok(words.copied().map(u32::from_ne_bytes).collect())
    }
}
