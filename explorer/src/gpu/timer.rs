//! Milliseconds of an activation over a tensor, measured now and then between frames.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use wgpu_activations::{Activation, Kernels, Prepared, TensorView};

use super::GpuError;
use super::timestamps::Timestamps;
use crate::timings::Milliseconds;

/// The elements of the tensor.
pub const ELEMENTS: usize = 1 << 20;
/// Seconds between measurements.
pub const PERIOD: f64 = 0.25;
/// Without timestamps, how often an operation is submitted at once: the clock is then as coarse as a frame.
const REPEATS: u32 = 32;

/// Measures one activation at a time.
#[derive(Debug)]
pub struct Timer {
    device: wgpu::Device,
    queue: wgpu::Queue,
    kernels: Kernels,
    /// Made with the first measurement: they take 12 MiB.
    tensors: Option<[TensorView; 3]>,
    prepared: HashMap<usize, [Prepared; 2]>,
    clock: Clock,
    next: f64,
}

#[derive(Debug)]
enum Clock {
    Timestamps(Timestamps),
    /// From submitting until the device says that it is done, noticed in the frame after.
    Frames(Option<Run>),
}

/// A measurement by frames: forward, then backward.
#[derive(Debug)]
struct Run {
    index: usize,
    forward: Option<f64>,
    since: f64,
    is_done: Arc<AtomicBool>,
}

impl Timer {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue, kernels: &Kernels) -> Self {
        let clock = if device.features().contains(wgpu::Features::TIMESTAMP_QUERY) {
            Clock::Timestamps(Timestamps::new(device, queue))
        } else {
            Clock::Frames(None)
        };
        Self {
            device: device.clone(),
            queue: queue.clone(),
            kernels: kernels.clone(),
            tensors: None,
            prepared: HashMap::new(),
            clock,
            next: 0.0,
        }
    }

    /// How it measures, in words.
    pub fn clock(&self) -> &'static str {
        match self.clock {
            Clock::Timestamps(_) => "by the device's timestamps",
            Clock::Frames(_) => "counted in frames, over 32 runs: coarse",
        }
    }

    /// Whether it counts frames now, and so needs the next one soon.
    pub fn counts_frames(&self) -> bool {
        matches!(self.clock, Clock::Frames(Some(_)))
    }

    /// Takes a measurement that is done.
    pub fn receive(&mut self, now: f64) -> Result<Option<(usize, Milliseconds)>, GpuError> {
        match &mut self.clock {
            Clock::Timestamps(timestamps) => timestamps.receive(),
            Clock::Frames(running) => {
                let Some(mut run) = running.take() else {
                    return Ok(None);
                };
                if !run.is_done.load(Ordering::Acquire) {
                    *running = Some(run);
                    return Ok(None);
                }
                let took = 1e3 * (now - run.since) / f64::from(REPEATS);
                match run.forward {
                    None => {
                        run.forward = Some(took);
                        run.since = now;
                        run.is_done =
                            repeat(&self.device, &self.queue, &self.prepared[&run.index][1]);
                        *running = Some(run);
                        Ok(None)
                    }
                    Some(forward) => Ok(Some((
                        run.index,
                        Milliseconds {
                            forward,
                            backward: took,
                        },
                    ))),
                }
            }
        }
    }

    /// Starts to measure one activation, unless another is under way or it is too soon after the last.
    pub fn start(
        &mut self,
        index: usize,
        activation: &Activation,
        now: f64,
    ) -> Result<bool, GpuError> {
        let is_idle = match &self.clock {
            Clock::Timestamps(timestamps) => timestamps.are_idle(),
            Clock::Frames(running) => running.is_none(),
        };
        if !is_idle || now < self.next {
            return Ok(false);
        }
        self.next = now + PERIOD;
        self.prepare(index, activation)?;
        let [forward, backward] = &self.prepared[&index];
        forward.set_parameters(&self.queue, activation)?;
        backward.set_parameters(&self.queue, activation)?;
        match &mut self.clock {
            Clock::Timestamps(timestamps) => {
                timestamps.submit(&self.device, &self.queue, [forward, backward], index);
            }
            Clock::Frames(running) => {
                let is_done = repeat(&self.device, &self.queue, forward);
                *running = Some(Run {
                    index,
                    forward: None,
                    since: now,
                    is_done,
                });
            }
        }
        Ok(true)
    }

    fn prepare(&mut self, index: usize, activation: &Activation) -> Result<(), GpuError> {
        if self.prepared.contains_key(&index) {
            return Ok(());
        }
        let [input, grad_output, output] = match &self.tensors {
            Some(tensors) => tensors,
            None => self.tensors.insert(tensors(&self.device, &self.queue)?),
        };
        let forward = self.kernels.forward(activation, input, output)?;
        let backward = self
            .kernels
            .backward(activation, input, grad_output, output)?;
        self.prepared.insert(index, [forward, backward]);
        Ok(())
    }
}

/// The input, spread over where activations bend, the grad_output of 1, and where results go.
fn tensors(device: &wgpu::Device, queue: &wgpu::Queue) -> Result<[TensorView; 3], GpuError> {
    let spread = |i| 16.0 * (i as f32 / ELEMENTS as f32) - 8.0;
    let inputs: Vec<f32> = (0..ELEMENTS).map(spread).collect();
    let create = |label| {
        device.create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: size_of_val(inputs.as_slice()) as u64,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        })
    };
    let [input, grad_output, output] =
        ["timed input", "timed grad_output", "timed output"].map(create);
    queue.write_buffer(&input, 0, bytemuck::cast_slice(&inputs));
    queue.write_buffer(
        &grad_output,
        0,
        bytemuck::cast_slice(&vec![1.0_f32; ELEMENTS]),
    );
    Ok([
        TensorView::f32(&input)?,
        TensorView::f32(&grad_output)?,
        TensorView::f32(&output)?,
    ])
}

/// Submits an operation many times over; the flag says when all are done.
fn repeat(device: &wgpu::Device, queue: &wgpu::Queue, prepared: &Prepared) -> Arc<AtomicBool> {
    let mut encoder = device.create_command_encoder(&Default::default());
    for _ in 0..REPEATS {
        prepared.encode(&mut encoder);
    }
    queue.submit([encoder.finish()]);
    let is_done = Arc::new(AtomicBool::new(false));
    let done = is_done.clone();
    queue.on_submitted_work_done(move || done.store(true, Ordering::Release));
    is_done
}
