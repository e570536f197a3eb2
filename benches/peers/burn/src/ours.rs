//! The library's side.

use std::time::{Duration, Instant};

use rand::{SeedableRng as _, rngs::StdRng};
use rand_distr::{Distribution as _, StandardNormal};
use wgpu::util::DeviceExt as _;
use wgpu_activations::{
    Activation, ClassIndices, ClassType, CrossEntropy, Gate, GatedActivation, Halves, Prepared,
    RowActivation, Rows, TensorView,
};

use crate::device::Shared;
use crate::operations::Operation;
use crate::speed::Contender;

/// Written in turn, as burn's allocator also gives more than one buffer for outputs.
const OUTPUTS: usize = 2;

/// What every operation takes, and has room for.
pub(crate) struct Tensors {
    /// As a layer's outputs are.
    pub(crate) values: Vec<f32>,
    pub(crate) row: usize,
    input: TensorView,
    /// Ones, as burn differentiates a tensor.
    grad_output: TensorView,
    outputs: Vec<TensorView>,
    gradients: Vec<TensorView>,
}

impl Tensors {
    pub(crate) fn new(shared: &Shared, elements: usize, row: usize) -> Result<Self, String> {
        let normal = StandardNormal.sample_iter(StdRng::seed_from_u64(1));
        let values: Vec<f32> = normal.take(elements).collect();
        let ones = vec![1.0; elements];
        // Written, so that no driver has still to find memory for them.
        let written = || {
            (0..OUTPUTS)
                .map(|_| upload(shared, &ones))
                .collect::<Result<_, _>>()
        };
        Ok(Self {
            input: upload(shared, &values)?,
            grad_output: upload(shared, &ones)?,
            outputs: written()?,
            gradients: written()?,
            row,
            values,
        })
    }

    fn elements(&self) -> u64 {
        self.values.len() as u64
    }
}

fn upload(shared: &Shared, values: &[f32]) -> Result<TensorView, String> {
    let buffer = shared
        .device
        .create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("tensor"),
            contents: bytemuck::cast_slice(values),
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
        });
    TensorView::f32(&buffer).map_err(|error| error.to_string())
}

/// An operation, ready for each pair of an output and a gradient.
pub(crate) struct Ours<'a> {
    shared: &'a Shared,
    forward: Vec<Prepared>,
    backward: Vec<Prepared>,
    output: TensorView,
    gradient: TensorView,
}

impl<'a> Ours<'a> {
    pub(crate) fn new(
        operation: &Operation,
        shared: &'a Shared,
        tensors: &Tensors,
    ) -> Result<Self, String> {
        let pairs = tensors.outputs.iter().zip(&tensors.gradients);
        let prepared = pairs.map(|(output, gradient)| {
            prepare(operation.name, shared, tensors, output, gradient)
                .map_err(|error| format!("{}: {error}", operation.name))
        });
        let prepared: Vec<Steps> = prepared.collect::<Result<_, _>>()?;
        let mut ours = Self {
            shared,
            output: prepared[0].output.clone(),
            gradient: prepared[0].gradient.clone(),
            forward: Vec::new(),
            backward: Vec::new(),
        };
        for steps in prepared {
            ours.forward.push(steps.forward);
            ours.backward.push(steps.backward);
        }
        // Backward of rows reads what forward has saved.
        ours.time(&ours.forward, OUTPUTS)?;
        Ok(ours)
    }

    pub(crate) fn forward_result(&self) -> Result<Vec<f32>, String> {
        self.time(&self.forward, OUTPUTS)?;
        self.read(&self.output)
    }

    pub(crate) fn backward_result(&self) -> Result<Vec<f32>, String> {
        self.time(&self.backward, OUTPUTS)?;
        self.read(&self.gradient)
    }

    pub(crate) fn contenders(&self) -> [Contender<'_, String>; 2] {
        let contender = |direction, prepared| Contender {
            implementation: "ours",
            direction,
            time: Box::new(move |runs| self.time(prepared, runs)),
        };
        [
            contender("forward", &self.forward),
            contender("backward", &self.backward),
        ]
    }

    /// Each run is a submission, as it is for burn.
    fn time(&self, prepared: &[Prepared], runs: usize) -> Result<Duration, String> {
        let start = Instant::now();
        for prepared in prepared.iter().cycle().take(runs) {
            let mut encoder = self
                .shared
                .device
                .create_command_encoder(&Default::default());
            prepared.encode(&mut encoder);
            self.shared.queue.submit([encoder.finish()]);
        }
        self.shared.wait()?;
        Ok(start.elapsed())
    }

    fn read(&self, tensor: &TensorView) -> Result<Vec<f32>, String> {
        let size = tensor.len() * 4;
        let staging = self.shared.device.create_buffer(&wgpu::BufferDescriptor {
            label: Some("staging"),
            size,
            usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            mapped_at_creation: false,
        });
        let mut encoder = self
            .shared
            .device
            .create_command_encoder(&Default::default());
        encoder.copy_buffer_to_buffer(tensor.buffer(), 0, &staging, 0, size);
        encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
        self.shared.queue.submit([encoder.finish()]);
        self.shared.wait()?;
        let view = staging
            .get_mapped_range(..)
            .map_err(|error| error.to_string())?;
        Ok(bytemuck::pod_collect_to_vec(&view[..]))
    }
}

struct Steps {
    forward: Prepared,
    backward: Prepared,
    output: TensorView,
    gradient: TensorView,
}

type Failure = Box<dyn std::error::Error>;

fn prepare(
    name: &str,
    shared: &Shared,
    tensors: &Tensors,
    output: &TensorView,
    gradient: &TensorView,
) -> Result<Steps, Failure> {
    let Tensors {
        input, grad_output, ..
    } = tensors;
    let kernels = &shared.kernels;
    let elements = tensors.elements();
    let shape = [elements / tensors.row as u64, tensors.row as u64];
    let rows = Rows::along(&shape, 1)?;
    let mut output = output.clone();
    let (forward, backward) = if name == "cross_entropy" {
        let loss = CrossEntropy::default();
        output = output.slice(0..1)?;
        // Every row's target is class 0.
        let classes = upload(shared, &vec![0.0; rows.count() as usize])?;
        let classes = ClassIndices::new(classes.buffer(), ClassType::U32, 0, rows.count())?;
        let saved = vec![0.0; CrossEntropy::saved_len(rows.count()) as usize];
        let saved = upload(shared, &saved)?;
        let grad_loss = grad_output.slice(0..1)?;
        (
            kernels.forward_cross_entropy(&loss, &rows, input, &classes, &output, &saved)?,
            kernels.backward_cross_entropy(&loss, &rows, input, &saved, &grad_loss, gradient)?,
        )
    } else if let Ok(activation) = RowActivation::named(name) {
        (
            kernels.forward_rows(&activation, &rows, input, &output)?,
            kernels.backward_rows(&activation, &rows, &output, grad_output, gradient)?,
        )
    } else if let Ok(gated) = GatedActivation::named(name) {
        let halves = Halves::along(&shape, 1, Gate::Second)?;
        output = output.slice(0..elements / 2)?;
        let grad_half = grad_output.slice(0..elements / 2)?;
        (
            kernels.forward_gated_halves(&gated, &halves, input, &output)?,
            kernels.backward_gated_halves(&gated, &halves, input, &grad_half, gradient)?,
        )
    } else {
        let activation = Activation::named(name)?;
        (
            kernels.forward(&activation, input, &output)?,
            kernels.backward(&activation, input, grad_output, gradient)?,
        )
    };
    Ok(Steps {
        forward,
        backward,
        output,
        gradient: gradient.clone(),
    })
}
