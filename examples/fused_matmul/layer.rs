//! Both directions on the GPU, each in one kernel and in two.

use std::time::Instant;

use wgpu::util::DeviceExt as _;
use wgpu_activations::{Activation, Offload, Prepared, TensorView};

use crate::matmul::{Epilogue, Matmul, TILE};
use crate::{Error, Inputs, Sizes};

/// The most timed submissions, after one that is not, and the time that they may take.
const REPEATS: f64 = 5.0;
const BUDGET_MS: f64 = 500.0;

/// A direction in one kernel and in two.
pub(crate) struct Direction {
    pub(crate) fused: Pass,
    pub(crate) unfused: Pass,
}

/// Kernels that follow one another, and what they leave.
pub(crate) struct Pass {
    matmul: Matmul,
    activation: Option<Prepared>,
    results: Vec<wgpu::Buffer>,
}

/// The forward direction, which leaves Z and the output, and the backward one, which leaves the gradient and takes
/// the Z that its kind of forward left.
pub(crate) fn directions(
    gpu: &Offload,
    sizes: Sizes,
    inputs: &Inputs,
) -> Result<[Direction; 2], Error> {
    let upload = |label, values: &[f32]| {
        let descriptor = wgpu::util::BufferInitDescriptor {
            label: Some(label),
            contents: bytemuck::cast_slice(values),
            usage: wgpu::BufferUsages::STORAGE,
        };
        gpu.device().create_buffer_init(&descriptor)
    };
    let result = |label| {
        gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: Some(label),
            size: u64::from(sizes.rows) * u64::from(sizes.columns) * 4,
            usage: wgpu::BufferUsages::STORAGE | wgpu::BufferUsages::COPY_SRC,
            mapped_at_creation: false,
        })
    };
    let matmul = |epilogue, buffers: &[&wgpu::Buffer]| Matmul::new(gpu, sizes, &epilogue, buffers);
    let (gelu, kernels) = (Activation::gelu(), gpu.kernels());
    let [a, b, bias] = [("A", &inputs.a), ("B", &inputs.b), ("bias", &inputs.bias)]
        .map(|(label, values)| upload(label, values));
    let [g, v] = [("G", &inputs.g), ("V", &inputs.v)].map(|(label, values)| upload(label, values));

    let (z, output) = (result("Z"), result("output"));
    let (fused_z, fused_output) = (result("fused Z"), result("fused output"));
    let forward = Direction {
        fused: Pass {
            matmul: matmul(
                Epilogue::BiasedGelu,
                &[&a, &b, &bias, &fused_z, &fused_output],
            )?,
            activation: None,
            results: vec![fused_z.clone(), fused_output],
        },
        unfused: Pass {
            matmul: matmul(Epilogue::Biased, &[&a, &b, &bias, &z])?,
            activation: Some(kernels.forward(
                &gelu,
                &TensorView::f32(&z)?,
                &TensorView::f32(&output)?,
            )?),
            results: vec![z.clone(), output],
        },
    };
    let (gradient, fused_gradient) = (result("gradient"), result("fused gradient"));
    let backward = Direction {
        fused: Pass {
            matmul: matmul(Epilogue::GeluGradient, &[&g, &v, &fused_z, &fused_gradient])?,
            activation: None,
            results: vec![fused_gradient],
        },
        unfused: Pass {
            matmul: matmul(Epilogue::Plain, &[&g, &v, &gradient])?,
            activation: Some(kernels.backward_in_place(
                &gelu,
                &TensorView::f32(&z)?,
                &TensorView::f32(&gradient)?,
            )?),
            results: vec![gradient],
        },
    };
    Ok([forward, backward])
}

/// Whether each matrix fits into a binding, and the tiles of the result into a dispatch.
pub(crate) fn check_sizes(gpu: &Offload, sizes: Sizes) -> Result<(), Error> {
    let limits = gpu.device().limits();
    let most = limits
        .max_storage_buffer_binding_size
        .min(limits.max_buffer_size)
        / 4;
    let longest = limits.max_compute_workgroups_per_dimension * TILE;
    if sizes.rows.max(sizes.columns) > longest {
        return Err(format!(
            "{} × {} is longer than the {longest} that a dispatch reaches on this adapter; choose smaller --rows \
             or --columns",
            sizes.rows, sizes.columns
        )
        .into());
    }
    let [rows, columns, inner] = [sizes.rows, sizes.columns, sizes.inner].map(u64::from);
    for (height, width) in [(rows, inner), (inner, columns), (rows, columns)] {
        if height * width > most {
            return Err(format!(
                "a matrix of {height} × {width} is larger than the {most} elements of a binding on this adapter; \
                 choose smaller --rows, --columns or --inner"
            )
            .into());
        }
    }
    Ok(())
}

impl Pass {
    /// Runs once, and gives the results and the milliseconds of a run: the median of several more.
    pub(crate) fn run(&self, gpu: &Offload) -> Result<(Vec<Vec<f32>>, f64), Error> {
        let run = || -> Result<f64, Error> {
            let mut encoder = gpu.device().create_command_encoder(&Default::default());
            let mut pass = encoder.begin_compute_pass(&Default::default());
            self.matmul.dispatch(&mut pass);
            if let Some(activation) = &self.activation {
                activation.dispatch(&mut pass);
            }
            drop(pass);
            let start = Instant::now();
            gpu.submit(encoder.finish())?;
            Ok(start.elapsed().as_secs_f64() * 1e3)
        };
        let repeats = (BUDGET_MS / run()?).clamp(1.0, REPEATS) as usize;
        let mut times = (0..repeats).map(|_| run()).collect::<Result<Vec<_>, _>>()?;
        times.sort_by(f64::total_cmp);
        let results = self.results.iter().map(|buffer| read(gpu, buffer));
        Ok((results.collect::<Result<_, _>>()?, times[repeats / 2]))
    }
}

fn read(gpu: &Offload, buffer: &wgpu::Buffer) -> Result<Vec<f32>, Error> {
    let staging = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("read-back"),
        size: buffer.size(),
        usage: wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
        mapped_at_creation: false,
    });
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    encoder.copy_buffer_to_buffer(buffer, 0, &staging, 0, buffer.size());
    encoder.map_buffer_on_submit(&staging, wgpu::MapMode::Read, .., |_| {});
    gpu.submit(encoder.finish())?;
    let view = staging.get_mapped_range(..)?;
    Ok(bytemuck::cast_slice(&view).to_vec())
}
