use std::ops::Range;
use std::time::Instant;

use futures_intrusive::channel::shared::oneshot_channel;

use super::division::Step;
use super::poller::Mapped;
use super::work::Chunk;
use super::{Offload, OffloadError};
use crate::dtype::Dtype;
use crate::kernels::KernelError;
use crate::kernels::scope::scoped;
use crate::tensor::TensorView;

/// What the tensors of a job are.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Types {
    pub(super) inputs: Vec<Dtype>,
    pub(super) output: Dtype,
    /// Whether the result takes the place of the last input: a chunk needs no other memory on the
    /// device than its inputs then.
    pub(super) is_in_place: bool,
}

/// A job's tensors on the device, or a part of them.
#[derive(Clone, Debug)]
pub(super) struct Tensors {
    inputs: Vec<wgpu::Buffer>,
    /// The result's own tensor, where it cannot take the place of the last input.
    output: Option<wgpu::Buffer>,
}

/// The staging buffers of one step, and the tensors that they lead to: the same buffers, where the host can
/// write and read the device's memory: one for each input and one for the result.
#[derive(Debug)]
pub(super) struct Slot {
    capacity: u64,
    types: Types,
    /// One for each input.
    uploads: Vec<wgpu::Buffer>,
    tensors: Tensors,
    read_back: wgpu::Buffer,
}

impl Tensors {
    /// Tensors for so many elements of each input and of the output.
    pub(super) fn new(
        gpu: &Offload,
        types: &Types,
        inputs: &[u64],
        output: u64,
    ) -> Result<Self, OffloadError> {
        use wgpu::BufferUsages as Usage;
        let usage = Usage::STORAGE | Usage::COPY_SRC | Usage::COPY_DST;
        let new = |dtype, len| buffer(gpu, bytes(dtype, len), usage);
        let pairs = types.inputs.iter().zip(inputs);
        let inputs = pairs.map(|(&dtype, &len)| new(dtype, len));
        Ok(Self {
            inputs: inputs.collect::<Result<_, _>>()?,
            output: match types.is_in_place {
                true => None,
                false => Some(new(types.output, output)?),
            },
        })
    }

    fn result(&self) -> Option<&wgpu::Buffer> {
        self.output.as_ref().or(self.inputs.last())
    }
}

impl Slot {
    /// A slot with its upload buffers mapped; with tensors of its own, unless it is given some.
    pub(super) fn new(
        gpu: &Offload,
        capacity: u64,
        types: &Types,
        tensors: Option<&Tensors>,
    ) -> Result<Self, OffloadError> {
        use wgpu::BufferUsages as Usage;
        let is_shared = tensors.is_none() && gpu.shares_memory();
        let (upload, read_back) = match is_shared {
            true => (Usage::STORAGE, Usage::STORAGE),
            false => (Usage::COPY_SRC, Usage::COPY_DST),
        };
        let new = |dtype, usage| buffer(gpu, bytes(dtype, capacity), usage);
        let uploads = types.inputs.iter();
        let uploads = uploads.map(|&dtype| new(dtype, upload | Usage::MAP_WRITE));
        let uploads = uploads.collect::<Result<Vec<_>, _>>()?;
        let read_back = new(types.output, read_back | Usage::MAP_READ)?;
        let tensors = match tensors {
            Some(tensors) => tensors.clone(),
            None if is_shared => Tensors {
                inputs: uploads.clone(),
                output: Some(read_back.clone()),
            },
            None => Tensors::new(gpu, types, &vec![capacity; types.inputs.len()], capacity)?,
        };
        Ok(Self {
            capacity,
            uploads,
            tensors,
            read_back,
            types: types.clone(),
        })
    }

    pub(super) fn serves(&self, capacity: u64, types: &Types) -> bool {
        self.capacity == capacity && self.types == *types
    }

    /// Columns of units whose tensors have so many elements.
    pub(super) fn chunk(
        &self,
        (units, columns): (Range<u64>, Range<u64>),
        (inputs, output): (Vec<u64>, u64),
    ) -> Result<Chunk, OffloadError> {
        let (types, tensors) = (&self.types, &self.tensors);
        let inputs = tensors.inputs.iter().zip(&types.inputs).zip(inputs);
        let inputs = inputs.map(|((buffer, &dtype), len)| view(buffer, dtype, len));
        let own = tensors.output.as_ref();
        Ok(Chunk {
            units,
            columns,
            inputs: inputs.collect::<Result<_, _>>()?,
            output: own
                .map(|buffer| view(buffer, types.output, output))
                .transpose()?,
        })
    }

    /// Writes so many elements of one input, strip by strip, where the next submission picks them up.
    pub(super) fn fill<'a>(
        &self,
        input: usize,
        len: u64,
        strips: impl IntoIterator<Item = &'a [u8]>,
    ) -> Result<(), OffloadError> {
        let mut view = self.uploads[input]
            .get_mapped_range_mut(..bytes(self.types.inputs[input], len))
            .map_err(|_| OffloadError::DeviceLost)?;
        let mut at = 0;
        for strip in strips {
            view.slice(at..at + strip.len()).copy_from_slice(strip);
            at += strip.len();
        }
        Ok(())
    }

    /// Copies the step's elements in, lets `compute` record its work, copies results out, submits.
    /// When all that it returns is mapped, the slot can be read and filled again.
    pub(super) fn submit(
        &self,
        gpu: &Offload,
        step: &Step,
        compute: impl FnOnce(&mut wgpu::CommandEncoder),
    ) -> Result<Vec<Mapped>, OffloadError> {
        let (submission, mapped) = scoped(&gpu.device, || {
            let mut encoder = gpu.device.create_command_encoder(&Default::default());
            let inputs = self.uploads.iter().zip(&self.tensors.inputs);
            let inputs = inputs.zip(&self.types.inputs).zip(&step.uploads);
            let moved: Vec<_> = inputs.filter(|(_, part)| !part.is_empty()).collect();
            for (((upload, tensor), dtype), part) in &moved {
                upload.unmap();
                if upload != tensor {
                    let (at, size) = (part.start * dtype.size(), bytes(**dtype, length(part)));
                    encoder.copy_buffer_to_buffer(upload, 0, tensor, at, size);
                }
            }
            compute(&mut encoder);
            let result = self.tensors.result().filter(|_| !step.read.is_empty());
            if let Some(result) = result.filter(|&result| *result != self.read_back) {
                let dtype = self.types.output;
                let (at, size) = (
                    step.read.start * dtype.size(),
                    bytes(dtype, length(&step.read)),
                );
                encoder.copy_buffer_to_buffer(result, at, &self.read_back, 0, size);
            }
            let submission = gpu.queue.submit([encoder.finish()]);
            let read = result.map(|_| map(&self.read_back, wgpu::MapMode::Read));
            let uploads = moved.iter();
            let uploads = uploads.map(|(((upload, _), _), _)| map(upload, wgpu::MapMode::Write));
            (submission, read.into_iter().chain(uploads).collect())
        })?;
        gpu.poller.watch(submission);
        Ok(mapped)
    }

    /// Hands over the results that came back, in the machine's byte order.
    pub(super) fn read(
        &self,
        gpu: &Offload,
        step: &Step,
        take: impl FnOnce(&[u8]) -> Result<(), OffloadError>,
    ) -> Result<(), OffloadError> {
        let (dtype, len) = (self.types.output, length(&step.read));
        if len == 0 {
            return Ok(());
        }
        let view = self
            .read_back
            .get_mapped_range(..bytes(dtype, len))
            .map_err(|_| OffloadError::DeviceLost)?;
        let taken = take(&view[..(len * dtype.size()) as usize]);
        drop(view);
        // wgpu destroys the buffers of a device that was lost meanwhile.
        let unmapped = scoped(&gpu.device, || self.read_back.unmap());
        taken?;
        unmapped.map_err(|_| OffloadError::DeviceLost)
    }
}

fn length(part: &Range<u64>) -> u64 {
    part.end - part.start
}

/// The bytes of a buffer for `len` elements: buffers are copied and mapped in whole words.
fn bytes(dtype: Dtype, len: u64) -> u64 {
    (len * dtype.size()).next_multiple_of(wgpu::COPY_BUFFER_ALIGNMENT)
}

fn view(buffer: &wgpu::Buffer, dtype: Dtype, len: u64) -> Result<TensorView, OffloadError> {
    Ok(TensorView::new(buffer, dtype, 0, len).map_err(KernelError::from)?)
}

pub(super) fn buffer(
    gpu: &Offload,
    size: u64,
    usage: wgpu::BufferUsages,
) -> Result<wgpu::Buffer, OffloadError> {
    Ok(scoped(&gpu.device, || {
        gpu.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("activation staging"),
            size,
            usage,
            mapped_at_creation: usage.contains(wgpu::BufferUsages::MAP_WRITE),
        })
    })?)
}

pub(super) fn map(buffer: &wgpu::Buffer, mode: wgpu::MapMode) -> Mapped {
    let (sender, receiver) = oneshot_channel();
    buffer.map_async(mode, .., move |result| {
        // Nobody listens any more when the job was cancelled.
        let _ = sender.send(result.map(|()| Instant::now()));
    });
    receiver
}
