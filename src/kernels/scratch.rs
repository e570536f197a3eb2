//! Tensors on the device that only kernels see.

use super::KernelError;
use super::scope::scoped;
use crate::dtype::Dtype;
use crate::tensor::TensorView;

/// A tensor of so many elements, or of as many as fill its last word.
pub(crate) fn scratch(
    device: &wgpu::Device,
    dtype: Dtype,
    len: u64,
) -> Result<TensorView, KernelError> {
    let size = (len * dtype.size()).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT);
    let buffer = scoped(device, || {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation scratch"),
            size: size.max(wgpu::COPY_BUFFER_ALIGNMENT),
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        })
    })?;
    Ok(TensorView::new(&buffer, dtype, 0, len)?)
}

/// A tensor of f32 of so many bytes.
pub(super) fn scratch_bytes(device: &wgpu::Device, bytes: u64) -> Result<TensorView, KernelError> {
    scratch(device, Dtype::F32, bytes / Dtype::F32.size())
}
