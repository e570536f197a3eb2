use super::bound::Bound;
use super::randomised::SeedSettings;
use super::scope::scoped;
use super::{KernelError, Kernels};
use crate::activation::{Activation, Identity, Seed};

/// An operation on given tensors, ready to be recorded any number of times.
///
/// It holds the tensors' buffers. Recording allocates nothing, compiles nothing and takes no queue.
#[derive(Debug)]
pub struct Prepared {
    pub(super) device: wgpu::Device,
    /// The number of the pipelines that it has its own from.
    pub(super) kernels: u64,
    /// Whose hyper-parameters can be changed, where it has any, and where they lie in the settings.
    pub(super) parameters: Option<(Identity, u64)>,
    /// Where a seed lies in the settings, where there is one.
    pub(super) seed: Option<u64>,
    pub(super) name: String,
    pub(super) settings: wgpu::Buffer,
    /// Where the settings of the dispatches lie in the buffer.
    pub(super) stride: u64,
    pub(super) dispatches: Vec<Dispatch>,
}

#[derive(Clone, Debug)]
pub(super) struct Dispatch {
    pub(super) pipeline: wgpu::ComputePipeline,
    pub(super) bind_group: wgpu::BindGroup,
    pub(super) grid: (u32, u32),
    /// What the bind group holds beside the settings, in the order of the bindings.
    pub(super) bound: Vec<Bound>,
}

impl Prepared {
    /// Lets the hyper-parameters of an activation be changed, which lie so many bytes into the settings.
    pub(super) fn with_parameters(self, activation: Identity, offset: u64) -> Self {
        Self {
            parameters: Some((activation, offset)),
            ..self
        }
    }

    /// Lets the seed be changed, which lies so many bytes into the settings.
    pub(super) fn with_seed(self, offset: u64) -> Self {
        Self {
            seed: Some(offset),
            ..self
        }
    }

    /// Whether it was prepared by these kernels or clones of them, and so for their device.
    ///
    /// A pass or an encoder does not tell whose it is. Where it is another device's, wgpu reports that to this
    /// device's error scope or handler, and panics where it is another instance's.
    pub fn check(&self, kernels: &Kernels) -> Result<(), KernelError> {
        if self.kernels == kernels.pipelines.number {
            return Ok(());
        }
        Err(KernelError::OtherKernels {
            prepared: self.name.clone(),
        })
    }

    /// Records it into a compute pass that is already open, of the device that it was prepared on.
    ///
    /// Sets the pass's pipeline and bind group 0, nothing else.
    pub fn dispatch(&self, pass: &mut wgpu::ComputePass<'_>) {
        for dispatch in &self.dispatches {
            pass.set_pipeline(&dispatch.pipeline);
            pass.set_bind_group(0, &dispatch.bind_group, &[]);
            pass.dispatch_workgroups(dispatch.grid.0, dispatch.grid.1, 1);
        }
    }

    /// Records it into an encoder, in a compute pass of its own.
    pub fn encode(&self, encoder: &mut wgpu::CommandEncoder) {
        let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
            label: Some(&self.name),
            timestamp_writes: None,
        });
        self.dispatch(&mut pass);
    }

    /// Changes the values of the hyper-parameters from the queue's next submission on.
    ///
    /// `activation` must be the one that this was prepared for, with whatever values; `queue` must be
    /// that of the kernels' device.
    ///
    /// # Panics
    ///
    /// wgpu itself panics when the queue belongs to another device and that device has no error
    /// handler; a queue does not tell whose it is.
    pub fn set_parameters(
        &self,
        queue: &wgpu::Queue,
        activation: &Activation,
    ) -> Result<(), KernelError> {
        let Some((_, offset)) =
            (self.parameters.as_ref()).filter(|(key, _)| *key == activation.key())
        else {
            return Err(KernelError::OtherActivation {
                prepared: self.name.clone(),
                given: activation.name().to_owned(),
            });
        };
        if activation.values().is_empty() {
            return Ok(());
        }
        // No more than its own: other settings may follow.
        let members = &activation.members()[..activation.member_count()];
        self.set(queue, *offset, bytemuck::cast_slice(members))
    }

    /// Changes the seed from the queue's next submission on, for what was prepared with one.
    ///
    /// `queue` must be that of the kernels' device.
    ///
    /// # Panics
    ///
    /// As [`Prepared::set_parameters`] does.
    pub fn set_seed(&self, queue: &wgpu::Queue, seed: Seed) -> Result<(), KernelError> {
        let offset = self.seed.ok_or_else(|| KernelError::NoSeed {
            prepared: self.name.clone(),
        })?;
        self.set(queue, offset, bytemuck::bytes_of(&SeedSettings::from(seed)))
    }

    /// Writes bytes into the settings of every dispatch.
    fn set(&self, queue: &wgpu::Queue, offset: u64, bytes: &[u8]) -> Result<(), KernelError> {
        scoped(&self.device, || {
            for index in 0..self.dispatches.len() as u64 {
                queue.write_buffer(&self.settings, index * self.stride + offset, bytes);
            }
        })?;
        Ok(())
    }
}
