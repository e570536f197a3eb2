//! f and f′ of every activation that is shown, computed anew in every frame and read back as it arrives.

use std::collections::HashMap;

use wgpu_activations::{Activation, Kernels, Prepared, TensorView};

use super::GpuError;
use super::staging::{Arrived, Staging};
use crate::curve::Curve;
use crate::points::{self, Points};
use crate::state::COLOURS;

/// How many frames may be under way at once.
const FRAMES: usize = 3;
/// The bytes of f, or of f′, of one activation.
const BYTES: u64 = (points::LEN * size_of::<f32>()) as u64;

/// What is to be computed of one activation.
#[derive(Clone, Debug)]
pub struct Wish {
    /// Its place in the catalogue.
    pub index: usize,
    /// With the hyper-parameters to compute it with.
    pub activation: Activation,
    /// Where.
    pub points: Points,
}

impl Wish {
    /// Whether a curve is of this wish.
    fn is_met((wish, curve): (&Self, &Curve)) -> bool {
        wish.index == curve.index
            && wish.activation.values() == curve.activation.values()
            && wish.points == curve.points
    }
}

/// Records what is wished for, and keeps the newest of what has come back.
#[derive(Debug)]
pub struct Sampler {
    device: wgpu::Device,
    queue: wgpu::Queue,
    kernels: Kernels,
    /// A grad_output of 1, which makes a backward pass the derivative.
    ones: TensorView,
    traces: HashMap<usize, Trace>,
    frames: [Staging<Frame>; FRAMES],
    /// The number of the frame that was last submitted, from 1 on.
    submitted: u64,
    newest: u64,
    curves: Vec<Curve>,
}

/// What is under way.
#[derive(Debug)]
struct Frame {
    number: u64,
    wishes: Vec<Wish>,
}

/// The buffers of one activation, with its kernels bound to them.
#[derive(Debug)]
struct Trace {
    input: wgpu::Buffer,
    /// f, then f′.
    results: [wgpu::Buffer; 2],
    forward: Prepared,
    backward: Prepared,
}

impl Sampler {
    pub(super) fn new(
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        kernels: &Kernels,
    ) -> Result<Self, GpuError> {
        let ones = buffer(device, "grad_output");
        queue.write_buffer(&ones, 0, bytemuck::cast_slice(&[1.0_f32; points::LEN]));
        let all = COLOURS as u64 * 2 * BYTES;
        Ok(Self {
            device: device.clone(),
            queue: queue.clone(),
            kernels: kernels.clone(),
            ones: TensorView::f32(&ones)?,
            traces: HashMap::new(),
            frames: std::array::from_fn(|_| Staging::new(device, "curves", all)),
            submitted: 0,
            newest: 0,
            curves: Vec::new(),
        })
    }

    /// Records and submits the curves of one frame, unless the GPU is frames behind. Tells whether they are
    /// still to come: not where the newest curves are of the same wishes.
    ///
    /// A kernel is compiled when its activation is first wished for, and never again.
    pub fn submit(&mut self, wishes: Vec<Wish>) -> Result<bool, GpuError> {
        debug_assert!(wishes.len() <= COLOURS, "one wish for each colour");
        let Some(frame) = self.frames.iter_mut().find(|frame| frame.is_idle()) else {
            return Ok(true);
        };
        let pairs = wishes.iter().zip(&self.curves);
        let is_new = wishes.len() != self.curves.len() || !{ pairs }.all(Wish::is_met);
        for wish in &wishes {
            if !self.traces.contains_key(&wish.index) {
                let trace = Trace::new(&self.device, &self.kernels, &self.ones, &wish.activation)?;
                self.traces.insert(wish.index, trace);
            }
        }
        let mut encoder = self.device.create_command_encoder(&Default::default());
        let traces: Vec<_> = wishes
            .iter()
            .map(|wish| &self.traces[&wish.index])
            .collect();
        {
            let mut pass = encoder.begin_compute_pass(&Default::default());
            for (wish, trace) in wishes.iter().zip(&traces) {
                let xs = bytemuck::cast_slice(wish.points.xs());
                self.queue.write_buffer(&trace.input, 0, xs);
                trace
                    .forward
                    .set_parameters(&self.queue, &wish.activation)?;
                trace
                    .backward
                    .set_parameters(&self.queue, &wish.activation)?;
                trace.forward.dispatch(&mut pass);
                trace.backward.dispatch(&mut pass);
            }
        }
        let results = traces.iter().flat_map(|trace| &trace.results);
        for (place, result) in (0..).zip(results) {
            encoder.copy_buffer_to_buffer(result, 0, frame.buffer(), place * BYTES, BYTES);
        }
        self.queue.submit([encoder.finish()]);
        self.submitted += 1;
        let bytes = wishes.len() as u64 * 2 * BYTES;
        frame.read(
            bytes,
            Frame {
                number: self.submitted,
                wishes,
            },
        );
        Ok(is_new)
    }

    /// Takes what has arrived.
    pub fn receive(&mut self) -> Result<(), GpuError> {
        for staging in &mut self.frames {
            match staging.take(|frame| frame.wishes.len() as u64 * 2 * BYTES) {
                Arrived::Idle | Arrived::Waiting => {}
                Arrived::Failed => return Err(GpuError::NoResult),
                Arrived::Bytes(frame, bytes) if frame.number > self.newest => {
                    self.newest = frame.number;
                    self.curves = frame.curves(&bytes);
                }
                // One that was overtaken.
                Arrived::Bytes(..) => {}
            }
        }
        Ok(())
    }

    /// The newest curves, in the order in which they were wished for.
    pub fn curves(&self) -> &[Curve] {
        &self.curves
    }
}

impl Frame {
    fn curves(self, bytes: &[u8]) -> Vec<Curve> {
        let numbers: &[f32] = bytemuck::cast_slice(bytes);
        let results = numbers.chunks_exact(2 * points::LEN);
        let curves = self.wishes.into_iter().zip(results).map(|(wish, results)| {
            let (outputs, slopes) = results.split_at(points::LEN);
            Curve {
                index: wish.index,
                activation: wish.activation,
                points: wish.points,
                outputs: outputs.to_vec(),
                slopes: slopes.to_vec(),
            }
        });
        curves.collect()
    }
}

impl Trace {
    fn new(
        device: &wgpu::Device,
        kernels: &Kernels,
        ones: &TensorView,
        activation: &Activation,
    ) -> Result<Self, GpuError> {
        let input = buffer(device, "x");
        let results = ["f(x)", "f′(x)"].map(|label| buffer(device, label));
        let [x, outputs, slopes] = [&input, &results[0], &results[1]].map(TensorView::f32);
        let x = x?;
        Ok(Self {
            forward: kernels.forward(activation, &x, &outputs?)?,
            backward: kernels.backward(activation, &x, ones, &slopes?)?,
            input,
            results,
        })
    }
}

fn buffer(device: &wgpu::Device, label: &str) -> wgpu::Buffer {
    device.create_buffer(&wgpu::BufferDescriptor {
        label: Some(label),
        size: BYTES,
        usage: wgpu::BufferUsages::STORAGE
            | wgpu::BufferUsages::COPY_DST
            | wgpu::BufferUsages::COPY_SRC,
        mapped_at_creation: false,
    })
}
