//! Heights, slopes and speeds: those of waves, and those of the surface that an activation makes of them.

use bytemuck::{Pod, Zeroable};
use wgpu::util::DeviceExt as _;
use wgpu_activations::{Activation, Dtype, Kernels, Prepared, TensorView};

use crate::Error;

/// Vertices along each side of the grid.
pub(crate) const SIDE: u32 = 256;
pub(crate) const VERTICES: u64 = SIDE as u64 * SIDE as u64;

/// In both buffers: a height, its slopes along x and z, and its speed.
pub(crate) const PLANES: u64 = 4;

/// Seconds after which the waves are what they were.
pub(crate) const PERIOD: f64 = 20.0;

/// `struct Wave` of `waves.wgsl`.
#[repr(C)]
#[derive(Clone, Copy, Pod, Zeroable)]
pub(crate) struct Wave {
    pub(crate) number: [f32; 2],
    pub(crate) amplitude: f32,
    /// A multiple of 1 / `PERIOD`.
    pub(crate) rate: f32,
}

const fn wave(number: [f32; 2], amplitude: f32, rate: f32) -> Wave {
    Wave {
        number,
        amplitude,
        rate,
    }
}

/// The longer, the higher and the slower, as on water.
pub(crate) const WAVES: [Wave; 6] = [
    wave([0.45, 0.25], 1.30, 0.10),
    wave([-0.40, 0.60], 1.00, 0.10),
    wave([0.95, -0.50], 0.60, 0.15),
    wave([0.50, 1.25], 0.45, 0.15),
    wave([-1.70, 0.60], 0.25, 0.20),
    wave([1.30, 1.90], 0.15, 0.25),
];

pub(crate) struct Field {
    pipeline: wgpu::ComputePipeline,
    group: wgpu::BindGroup,
    /// The waves' and the surface's.
    pub(crate) buffers: [wgpu::Buffer; 2],
    choices: Vec<Choice>,
    chosen: usize,
}

/// An activation, ready to be recorded.
struct Choice {
    activation: Activation,
    passes: [Prepared; PLANES as usize],
}

impl Field {
    pub(crate) fn new(
        device: &wgpu::Device,
        frame: &wgpu::Buffer,
        activations: &[Activation],
    ) -> Result<Self, Error> {
        let [waves, surface] = ["waves", "surface"].map(|label| {
            device.create_buffer(&wgpu::BufferDescriptor {
                label: Some(label),
                size: PLANES * VERTICES * Dtype::F32.size(),
                usage: wgpu::BufferUsages::STORAGE
                    | wgpu::BufferUsages::VERTEX
                    | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            })
        });
        let kernels = Kernels::new(device);
        let choices = activations
            .iter()
            .map(|activation| Choice::new(&kernels, activation, &waves, &surface))
            .collect::<Result<Vec<_>, _>>()?;
        let pipeline = pipeline(device);
        let table = device.create_buffer_init(&wgpu::util::BufferInitDescriptor {
            label: Some("table of waves"),
            contents: bytemuck::cast_slice(&WAVES),
            usage: wgpu::BufferUsages::UNIFORM,
        });
        let bound = (0..).zip([frame, &table, &waves]);
        let entries = bound.map(|(binding, buffer)| wgpu::BindGroupEntry {
            binding,
            resource: buffer.as_entire_binding(),
        });
        let group = device.create_bind_group(&wgpu::BindGroupDescriptor {
            label: Some("waves"),
            layout: &pipeline.get_bind_group_layout(0),
            entries: &entries.collect::<Vec<_>>(),
        });
        Ok(Self {
            pipeline,
            group,
            buffers: [waves, surface],
            choices,
            chosen: 0,
        })
    }

    /// The waves, then the activation's forward and backward, in one pass.
    pub(crate) fn record(&self, pass: &mut wgpu::ComputePass<'_>) {
        pass.set_pipeline(&self.pipeline);
        pass.set_bind_group(0, &self.group, &[]);
        pass.dispatch_workgroups((SIDE * SIDE).div_ceil(64), 1, 1);
        for prepared in &self.choices[self.chosen].passes {
            prepared.dispatch(pass);
        }
    }

    /// What the vertex shader reads.
    pub(crate) fn planes(&self) -> [wgpu::BufferSlice<'_>; PLANES as usize] {
        let size = VERTICES * Dtype::F32.size();
        [0, 1, 2, 3].map(|plane| self.buffers[1].slice(plane * size..(plane + 1) * size))
    }

    pub(crate) fn activation(&self) -> &Activation {
        &self.choices[self.chosen].activation
    }

    /// Goes on to the next activation.
    pub(crate) fn choose_next(&mut self) {
        self.chosen = (self.chosen + 1) % self.choices.len();
    }

    /// Adds to the first hyper-parameter, where there is one and its rules let it.
    pub(crate) fn change(&mut self, queue: &wgpu::Queue, by: f64) -> Result<(), Error> {
        let Choice { activation, passes } = &mut self.choices[self.chosen];
        let Some((parameter, value)) = activation
            .parameters()
            .first()
            .zip(activation.values().first())
        else {
            return Ok(());
        };
        let Ok(changed) = activation
            .clone()
            .with(parameter.name, f64::from(*value) + by)
        else {
            return Ok(());
        };
        for prepared in passes {
            prepared.set_parameters(queue, &changed)?;
        }
        *activation = changed;
        Ok(())
    }
}

impl Choice {
    fn new(
        kernels: &Kernels,
        activation: &Activation,
        waves: &wgpu::Buffer,
        surface: &wgpu::Buffer,
    ) -> Result<Self, Error> {
        let plane = |buffer, index: u64| {
            let offset = index * VERTICES * Dtype::F32.size();
            TensorView::new(buffer, Dtype::F32, offset, VERTICES)
        };
        let input = plane(waves, 0)?;
        // How the output changes with x, z and time is f′(input) times how the input does.
        let gradient = |index| -> Result<Prepared, Error> {
            let [grad_output, grad_input] = [plane(waves, index)?, plane(surface, index)?];
            Ok(kernels.backward(activation, &input, &grad_output, &grad_input)?)
        };
        Ok(Self {
            passes: [
                kernels.forward(activation, &input, &plane(surface, 0)?)?,
                gradient(1)?,
                gradient(2)?,
                gradient(3)?,
            ],
            activation: activation.clone(),
        })
    }
}

fn pipeline(device: &wgpu::Device) -> wgpu::ComputePipeline {
    let wgsl = concat!(include_str!("frame.wgsl"), include_str!("waves.wgsl"));
    let module = device.create_shader_module(wgpu::ShaderModuleDescriptor {
        label: Some("waves"),
        source: wgpu::ShaderSource::Wgsl(wgsl.into()),
    });
    device.create_compute_pipeline(&wgpu::ComputePipelineDescriptor {
        label: Some("waves"),
        layout: None,
        module: &module,
        entry_point: None,
        compilation_options: wgpu::PipelineCompilationOptions {
            constants: &[("SIDE", f64::from(SIDE))],
            ..Default::default()
        },
        cache: None,
    })
}
