//! Everything on egui's own device: curves every frame, times now and then. Nothing here waits.

mod sampler;
mod staging;
mod timer;
mod timestamps;
mod watch;

pub use sampler::{Sampler, Wish};
pub use timer::{ELEMENTS, PERIOD, Timer};

use wgpu_activations::{KernelError, Kernels, TensorError};

/// The kernels with all that is computed by them.
#[derive(Debug)]
pub struct Gpu {
    /// f and f′ of what is shown.
    pub sampler: Sampler,
    /// Milliseconds of what is shown.
    pub timer: Timer,
    watch: watch::Watch,
    kernels: Kernels,
    device: wgpu::Device,
}

impl Gpu {
    /// On a device that belongs to someone else. `wake` is called, from anywhere, when that is lost.
    pub fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        wake: impl Fn() + Clone + Send + Sync + 'static,
    ) -> Result<Self, GpuError> {
        let kernels = Kernels::new(device);
        Ok(Self {
            watch: watch::Watch::new(device, wake),
            sampler: Sampler::new(device, queue, &kernels)?,
            timer: Timer::new(device, queue, &kernels),
            kernels,
            device: device.clone(),
        })
    }

    /// Lets the device say what is done, without waiting for any of it, and whether it still works.
    pub fn poll(&self) -> Result<(), GpuError> {
        // What is wrong with the device is told to `watch`, in more words.
        let _ = self.device.poll(wgpu::PollType::Poll);
        self.watch.error().map_or(Ok(()), Err)
    }

    /// How many pipelines have been compiled.
    pub fn pipelines(&self) -> usize {
        self.kernels.pipelines()
    }
}

/// Why nothing can be computed.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
pub enum GpuError {
    /// The device is gone.
    #[error("the GPU's device was lost: {0}")]
    Lost(String),
    /// wgpu found something wrong that no operation was asked about.
    #[error("wgpu refused what it was asked for: {0}")]
    Refused(String),
    /// An operation was refused.
    #[error(transparent)]
    Kernel(#[from] KernelError),
    /// A result did not arrive.
    #[error("the device gave no result back")]
    NoResult,
}

impl GpuError {
    /// Whether another device is needed before anything can be computed again.
    pub fn is_loss(&self) -> bool {
        matches!(self, Self::Lost(_) | Self::Kernel(KernelError::DeviceLost))
    }
}

impl From<TensorError> for GpuError {
    fn from(error: TensorError) -> Self {
        Self::Kernel(error.into())
    }
}
