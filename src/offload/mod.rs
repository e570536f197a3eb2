//! Owns a device: host slices in, host slices out. The only room that submits and waits.

mod adapter;
mod checks;
mod classes;
mod conversion;
mod cross_entropy;
mod division;
mod elementwise;
mod error;
mod gated;
mod gated_pair;
mod host_mask;
mod job;
mod lane;
mod learnable;
mod masks;
mod pace;
mod poller;
mod randomised;
mod resident;
mod ring;
mod rows;
mod slot;
mod statistics;
mod stream;
mod strips;
mod transfer;
#[cfg(feature = "verify")]
mod verification;
mod work;

pub use adapter::{AdapterReport, adapters, choose_adapter};
pub use classes::Classes;
pub use error::OffloadError;
pub use host_mask::HostMask;
pub use job::{Input, Job, OnProgress, Output, Progress};
pub use learnable::{LearnableActivation, LearnableGradients, LearnableJob};
pub use statistics::StatisticsJob;

use std::sync::Mutex;
use std::time::Instant;

use futures_intrusive::channel::shared::oneshot_channel;

use crate::kernels::Kernels;
use crate::kernels::scope::{one_line, scoped};
use poller::Poller;
use slot::Slot;

/// What is of use where an adapter has it: what measures time on the device, what kernels over rows take, and
/// what keeps compiled pipelines.
const OPTIONAL: wgpu::Features = wgpu::Features::TIMESTAMP_QUERY
    .union(wgpu::Features::TIMESTAMP_QUERY_INSIDE_ENCODERS)
    .union(wgpu::Features::SUBGROUP)
    .union(wgpu::Features::PIPELINE_CACHE);

/// What spares copies where host and device have one memory, and costs much where they have not.
const SHARED_MEMORY: wgpu::Features = wgpu::Features::MAPPABLE_PRIMARY_BUFFERS;

/// A device of its own, through which tensors of any size are streamed.
///
/// Uploading, computing and reading back overlap in a ring of staging buffers, so the memory in use
/// does not grow with the tensor: at most [`Offload::MEMORY`], on the device and in staging together.
/// Only long rows add to it, as a row has to be on the device as a whole.
///
/// ```no_run
/// use wgpu_activations::{Activation, Offload};
///
/// let gpu = Offload::new()?;
/// let x = vec![-1.0_f32, 0.0, 2.5];
/// let y = gpu.forward(&Activation::gelu(), &x)?;
/// let grad_x = gpu.backward(&Activation::gelu(), &x, &[1.0; 3])?;
/// # Ok::<(), wgpu_activations::OffloadError>(())
/// ```
#[derive(Debug)]
pub struct Offload {
    info: wgpu::AdapterInfo,
    device: wgpu::Device,
    queue: wgpu::Queue,
    kernels: Kernels,
    poller: Poller,
    idle: Mutex<Vec<Slot>>,
    others: Vec<Self>,
}

impl Offload {
    /// The most memory in bytes that one job takes, on the device and in staging together: for each
    /// chunk on its way two tensors, their two upload buffers and one to read back; and a chunk for
    /// what comes from a reader. A third tensor, for a result of another type than the last input's,
    /// fits in too, as one of the types is then of 16 bits.
    ///
    /// A row, with those that lie between its elements, may be longer than a chunk of 2²² elements. From memory
    /// into memory, or into a file that can go back and forth ([`Output::seekable`]), such rows pass in blocks
    /// of neighbours, and add nothing to that; so do halves of gated units. What has to be on the device
    /// together, though longer than a chunk, is there once besides:
    ///
    /// - a row, or as many neighbours, 16 at most, as have 2²⁶ elements together;
    /// - all that lies between a row's elements, or two halves, where a reader or a writer, which cannot go
    ///   back, has them.
    ///
    /// This takes the tensors that hold them (two at most, or three where the result is of another type
    /// than the last input) and at most 64 MiB for their sums; what is in staging does not grow.
    ///
    /// A mask on rows that has fewer elements than their tensor is on the device as a whole besides, unless
    /// it passes in blocks as they do ([`HostMask`]).
    pub const MEMORY: u64 = (ring::SLOTS as u64 * 5 + 1) * division::MAX_PIECE * 4;

    /// Opens the best adapter: the one that `WGPU_ADAPTER_NAME` names, else a discrete GPU, else an
    /// integrated one, else what there is. `WGPU_BACKEND` limits the choice.
    pub fn new() -> Result<Self, OffloadError> {
        pollster::block_on(Self::new_async())
    }

    /// [`Offload::new`] without blocking.
    pub async fn new_async() -> Result<Self, OffloadError> {
        Self::open(adapter::chosen(None).await?).await
    }

    /// Opens the best adapter whose name contains `name`, in any case. The text may end with a back
    /// end, as in `llvmpipe (gl)`.
    pub fn with_adapter(name: &str) -> Result<Self, OffloadError> {
        pollster::block_on(Self::with_adapter_async(name))
    }

    /// [`Offload::with_adapter`] without blocking.
    pub async fn with_adapter_async(name: &str) -> Result<Self, OffloadError> {
        Self::open(adapter::chosen(Some(name)).await?).await
    }

    /// Opens an adapter with all its limits; no optional feature is needed. Where the adapter has timestamp
    /// queries, subgroups or pipeline caches, [`Offload::device`] has them too.
    pub async fn open(adapter: wgpu::Adapter) -> Result<Self, OffloadError> {
        let limits = adapter.limits();
        Self::open_with_limits(adapter, limits).await
    }

    /// [`Offload::open`] with other limits than the adapter's, none of them better: those of a smaller machine
    /// that a program is to run on.
    pub async fn open_with_limits(
        adapter: wgpu::Adapter,
        limits: wgpu::Limits,
    ) -> Result<Self, OffloadError> {
        let info = adapter.get_info();
        let has_one_memory = matches!(
            info.device_type,
            wgpu::DeviceType::Cpu | wgpu::DeviceType::IntegratedGpu
        );
        let wanted = match has_one_memory {
            true => OPTIONAL | SHARED_MEMORY,
            false => OPTIONAL,
        };
        let (device, queue) = adapter
            .request_device(&wgpu::DeviceDescriptor {
                label: Some("wgpu-activations"),
                required_features: adapter.features() & wanted,
                required_limits: limits,
                ..Default::default()
            })
            .await
            .map_err(|error| OffloadError::Device {
                adapter: info.name.clone(),
                message: one_line(&error),
            })?;
        Ok(Self {
            kernels: Kernels::new(&device),
            poller: Poller::spawn(&device)?,
            idle: Mutex::default(),
            others: Vec::new(),
            info,
            device,
            queue,
        })
    }

    /// Shares jobs with other devices: whichever is free takes the next chunk, and results come in order. A job
    /// that keeps something on the device from one chunk to the next stays on the first: one with
    /// hyper-parameters from tensors, with statistics or with a mask that is there as a whole, and one whose rows
    /// are longer than a chunk. Chunks fit the one with the lowest limits.
    ///
    /// Devices of different adapters differ in last digits, within the bounds of each activation; which one has
    /// computed an element, nobody can tell.
    ///
    /// Everything else that this has to tell, its device and kernels too, are the first one's. A job takes
    /// [`Offload::MEMORY`] on each, and as much again on the host for results that wait for earlier ones.
    ///
    /// ```no_run
    /// use wgpu_activations::{Activation, Offload};
    ///
    /// let gpu = Offload::with_adapter("RTX 4090")?.with_others([Offload::with_adapter("RTX 3060")?]);
    /// let y = gpu.forward(&Activation::gelu(), &[-1.0_f32, 0.0, 2.5])?;
    /// # Ok::<(), wgpu_activations::OffloadError>(())
    /// ```
    #[must_use]
    pub fn with_others(mut self, others: impl IntoIterator<Item = Self>) -> Self {
        for mut other in others {
            let more = std::mem::take(&mut other.others);
            self.others.push(other);
            self.others.extend(more);
        }
        self
    }

    /// With kernels that are compiled through a cache of [`Offload::device`], such as one that starts with what an
    /// earlier run of the program left (see [`Kernels::with_pipeline_cache`]). What is compiled before is lost.
    #[must_use]
    pub fn with_pipeline_cache(self, cache: &wgpu::PipelineCache) -> Self {
        Self {
            kernels: Kernels::with_pipeline_cache(&self.device, cache),
            ..self
        }
    }

    /// Those with which it shares jobs.
    pub fn others(&self) -> &[Self] {
        &self.others
    }

    /// Which adapter it runs on.
    pub fn adapter_info(&self) -> &wgpu::AdapterInfo {
        &self.info
    }

    /// Its device, for buffers of the caller's own.
    pub fn device(&self) -> &wgpu::Device {
        &self.device
    }

    /// Its queue.
    pub fn queue(&self) -> &wgpu::Queue {
        &self.queue
    }

    /// The kernels on its device.
    pub fn kernels(&self) -> &Kernels {
        &self.kernels
    }

    /// Submits commands that were recorded for [`Offload::device`], and waits until it has done them.
    pub fn submit(&self, commands: wgpu::CommandBuffer) -> Result<(), OffloadError> {
        pollster::block_on(self.submit_async(commands))
    }

    /// [`Offload::submit`] without blocking; the commands are run even if the future is dropped.
    pub async fn submit_async(&self, commands: wgpu::CommandBuffer) -> Result<(), OffloadError> {
        let (sender, done) = oneshot_channel();
        let submitted = scoped(&self.device, || {
            let submission = self.queue.submit([commands]);
            self.queue.on_submitted_work_done(move || {
                // Nobody listens any more where the future was dropped.
                let _ = sender.send(Ok(Instant::now()));
            });
            submission
        });
        let submission = submitted.map_err(|error| self.explained(error.into()))?;
        self.poller.watch(submission);
        self.poller.wait_for(done).await?;
        Ok(())
    }

    /// Runs a job: any input, any output, progress and cancellation.
    pub fn run(&self, job: Job<'_>) -> Result<(), OffloadError> {
        pollster::block_on(self.run_async(job))
    }

    /// [`Offload::run`] without blocking; dropping the future cancels it.
    pub async fn run_async(&self, job: Job<'_>) -> Result<(), OffloadError> {
        let result = stream::run(self, job).await;
        result.map_err(|error| self.explained(error))
    }

    /// It and those with which it shares jobs.
    fn all(&self) -> impl Iterator<Item = &Self> {
        std::iter::once(self).chain(&self.others)
    }

    /// Whether the host can write and read the tensors of kernels.
    fn shares_memory(&self) -> bool {
        self.device.features().contains(SHARED_MEMORY)
    }

    /// What wgpu refuses on a lost device is due to the loss.
    fn explained(&self, error: OffloadError) -> OffloadError {
        match error {
            OffloadError::Refused { .. } if self.all().any(|gpu| gpu.poller.is_lost()) => {
                OffloadError::DeviceLost
            }
            error => error,
        }
    }
}
