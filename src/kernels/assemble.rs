//! From what a family of kernels plans to what can be recorded.

use super::KernelError;
use super::bound::{Bound, bind_group};
use super::kernel::Kernel;
use super::pipelines::Pipelines;
use super::plan::Binding;
use super::prepared::{Dispatch, Prepared};
use super::scope::scoped;
use crate::tensor::{ImageView, TensorView};

/// One dispatch, before it is bound.
pub(super) struct Part<'a> {
    pub(super) kernel: Box<dyn Kernel + 'a>,
    /// Its `struct Settings`.
    pub(super) settings: Vec<u8>,
    pub(super) tensors: &'a [&'a TensorView],
    /// What is bound of each of these.
    pub(super) bindings: &'a [Binding],
    /// What is bound after these.
    pub(super) images: &'a [&'a ImageView],
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
                .map(|(index, (part, pipeline))| {
                    let bound = part.bound();
                    Dispatch {
                        bind_group: bind_group(
                            device,
                            name,
                            &pipeline,
                            (&settings, index * stride),
                            &bound,
                        ),
                        pipeline,
                        grid: part.grid,
                        bound,
                    }
                })
                .collect()
        })?;
        Ok(Self {
            device: device.clone(),
            kernels: pipelines.number,
            parameters: None,
            seed: None,
            name: name.to_owned(),
            settings,
            stride,
            dispatches,
        })
    }
}

impl Part<'_> {
    /// What its kernel takes, in the order of the bindings.
    fn bound(&self) -> Vec<Bound> {
        let tensors = self.tensors.iter().zip(self.bindings);
        let tensors = tensors.zip(self.kernel.bindings());
        let tensors = tensors.map(|((tensor, binding), bound_as)| {
            Bound::tensor(tensor, binding.bytes.clone(), bound_as)
        });
        let images = self.images.iter().zip(self.kernel.images());
        let images = images.map(|(image, binding)| Bound::image(image, binding.is_written()));
        tensors.chain(images).collect()
    }
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
