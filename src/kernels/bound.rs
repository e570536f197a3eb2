//! What a dispatch's bind group holds.

use std::ops::Range;

use super::assemble::SETTINGS_SIZE;
use crate::shader::BufferUse;
use crate::tensor::{ImageView, TensorView};

/// What is bound in one place beside the settings.
#[derive(Clone, Debug)]
pub(super) enum Bound {
    /// Bytes of a buffer, around those of a tensor.
    Tensor {
        tensor: TensorView,
        bytes: Range<u64>,
        bound_as: BufferUse,
    },
    /// A level of a texture.
    Image {
        image: ImageView,
        view: wgpu::TextureView,
        is_written: bool,
    },
}

impl Bound {
    pub(super) fn tensor(tensor: &TensorView, bytes: Range<u64>, bound_as: BufferUse) -> Self {
        Self::Tensor {
            tensor: tensor.clone(),
            bytes,
            bound_as,
        }
    }

    pub(super) fn image(image: &ImageView, is_written: bool) -> Self {
        Self::Image {
            image: image.clone(),
            view: image.create_view(),
            is_written,
        }
    }

    fn resource(&self) -> wgpu::BindingResource<'_> {
        match self {
            Self::Tensor { tensor, bytes, .. } => buffer(tensor.buffer(), bytes.clone()),
            Self::Image { view, .. } => wgpu::BindingResource::TextureView(view),
        }
    }
}

/// The bind group of a dispatch whose settings begin so many bytes into a buffer.
pub(super) fn bind_group(
    device: &wgpu::Device,
    label: &str,
    pipeline: &wgpu::ComputePipeline,
    (settings, settings_at): (&wgpu::Buffer, u64),
    bound: &[Bound],
) -> wgpu::BindGroup {
    let settings = buffer(settings, settings_at..settings_at + SETTINGS_SIZE);
    let resources = std::iter::once(settings).chain(bound.iter().map(Bound::resource));
    let entries = (0..).zip(resources);
    let entries = entries.map(|(binding, resource)| wgpu::BindGroupEntry { binding, resource });
    let entries: Vec<_> = entries.collect();
    device.create_bind_group(&wgpu::BindGroupDescriptor {
        label: Some(label),
        layout: &pipeline.get_bind_group_layout(0),
        entries: &entries,
    })
}

fn buffer(buffer: &wgpu::Buffer, bytes: Range<u64>) -> wgpu::BindingResource<'_> {
    wgpu::BindingResource::Buffer(wgpu::BufferBinding {
        buffer,
        offset: bytes.start,
        size: wgpu::BufferSize::new(bytes.end - bytes.start),
    })
}
