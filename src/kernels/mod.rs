//! Middleware: borrows a `&Device`, records dispatches; never submits, polls, blocks or spawns, but for the
//! threads of [`Kernels::prewarm`].

mod assemble;
mod bound;
mod checks;
mod elementwise;
mod error;
mod gated;
mod images;
mod kernel;
mod learnable;
mod pipelines;
mod plan;
mod prepared;
mod prewarm;
mod randomised;
mod rebind;
mod rows;
pub(crate) mod scope;
pub(crate) mod scratch;
mod statistics;

pub use error::KernelError;
#[cfg(feature = "offload")]
pub(crate) use learnable::Gradients;
pub use learnable::Learnable;
pub use prepared::Prepared;
pub use prewarm::Preparation;

use std::sync::Arc;

use pipelines::Pipelines;

/// The compute kernels on one device: a cache of pipelines, cheap to clone and to share.
///
/// A pipeline is compiled when an operation first needs it and kept, however many tensors and
/// values of hyper-parameters pass through. Every operation needs a device with WebGPU's (or the
/// downlevel) default limits and no optional feature.
#[derive(Clone, Debug)]
pub struct Kernels {
    device: wgpu::Device,
    pipelines: Arc<Pipelines>,
}

impl Kernels {
    /// Kernels for this device; compiles nothing yet.
    ///
    /// Buffers, textures and passes that these kernels are given must be of this device, and so of its
    /// [`wgpu::Instance`]: wgpu tells its objects apart by numbers that another instance gives anew, and may take
    /// one of another instance for one of its own, or panic. Make the kernels once and keep them: they hold
    /// what has been compiled.
    pub fn new(device: &wgpu::Device) -> Self {
        Self::with_cache(device, None)
    }

    /// Kernels whose pipelines are compiled through a cache of the caller's, which must be of that device.
    ///
    /// What the driver compiled once, even before the program was last started, it need not compile again: see
    /// [`wgpu::util::pipeline_cache_key`] for where to keep the cache's data.
    pub fn with_pipeline_cache(device: &wgpu::Device, cache: &wgpu::PipelineCache) -> Self {
        Self::with_cache(device, Some(cache.clone()))
    }

    fn with_cache(device: &wgpu::Device, cache: Option<wgpu::PipelineCache>) -> Self {
        Self {
            device: device.clone(),
            pipelines: Arc::new(Pipelines::new(device, cache)),
        }
    }

    #[cfg(feature = "offload")]
    pub(crate) fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// How many pipelines have been compiled so far.
    pub fn pipelines(&self) -> usize {
        self.pipelines.len()
    }
}
