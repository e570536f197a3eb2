//! What most tests run.

use std::sync::LazyLock;

use wgpu_activations::{Kernels, Offload};

use super::gpu;

/// Kernels under test, on their device.
pub(crate) struct Subject {
    pub(crate) device: wgpu::Device,
    pub(crate) queue: wgpu::Queue,
    pub(crate) kernels: Kernels,
}

impl Subject {
    pub(crate) fn new((device, queue): (wgpu::Device, wgpu::Queue)) -> Self {
        Self {
            kernels: Kernels::new(&device),
            device,
            queue,
        }
    }

    pub(crate) fn of(gpu: &Offload) -> Self {
        Self {
            device: gpu.device().clone(),
            queue: gpu.queue().clone(),
            kernels: gpu.kernels().clone(),
        }
    }

    /// The one of all tests that do nothing to its device.
    pub(crate) fn shared() -> &'static Self {
        static SHARED: LazyLock<Subject> = LazyLock::new(|| Subject::of(gpu()));
        &SHARED
    }
}
