//! Times the shaders beside their naive twins: both in turn, so that both meet the same disturbances.

use std::time::Instant;

use rand::{RngExt as _, SeedableRng as _, rngs::StdRng};
use rand_distr::Normal;
use serde::{Deserialize, Serialize};
use wgpu::util::DeviceExt as _;
use wgpu_activations::verify::Direction;
use wgpu_activations::{Activation, Dtype, Offload, Prepared, TensorView};

use crate::rows::{self, Keyed, Kind, Subject};
use crate::{Error, date, naive, progress, shader};

/// What one submission should take at least, so that its own cost hardly counts.
const SUBMISSION_MS: f64 = 30.0;

#[derive(Debug, clap::Args)]
pub(crate) struct Arguments {
    /// The adapter, by a part of its name.
    #[arg(long)]
    adapter: Option<String>,

    /// Elements of the tensor.
    #[arg(long, default_value_t = 16 << 20, value_parser = clap::value_parser!(u32).range(1..))]
    elements: u32,

    /// Timed submissions of each, of which the median counts.
    #[arg(long, default_value_t = 9, value_parser = clap::value_parser!(u32).range(1..))]
    repeats: u32,

    /// Only these activations.
    #[arg(value_name = "ACTIVATION")]
    names: Vec<String>,
}

/// What one activation takes in one direction.
#[derive(Clone, Debug, Deserialize, PartialEq, Serialize)]
pub(crate) struct Row {
    pub activation: String,
    pub direction: String,
    #[serde(flatten)]
    pub subject: Subject,
    pub wgsl: String,
    pub naive_wgsl: String,
    pub crate_version: String,
    pub date: String,
    pub elements: u32,
    pub repeats: u32,
    /// Medians in milliseconds.
    pub ms: f64,
    pub naive_ms: f64,
}

impl Keyed for Row {
    fn key(&self) -> (&str, &str, &str) {
        (&self.activation, &self.direction, "f32")
    }
}

/// The file of a subject's times.
pub(crate) fn path(subject: &Subject) -> std::path::PathBuf {
    rows::folder().join(format!("cost-{}.json", subject.slug()))
}

pub(crate) fn run(arguments: &Arguments) -> Result<(), Error> {
    let gpu = crate::open(arguments.adapter.as_deref())?;
    let subject = Subject::adapter(Kind::Ours, gpu.adapter_info());
    let tensors = Tensors::new(&gpu, arguments.elements)?;
    let definitions = crate::definitions(&arguments.names)?;
    let bar = progress::of_steps(2 * definitions.len() as u64);
    for definition in definitions {
        let ours = Activation::from_definition(definition);
        let Some(naive) = naive::activation(definition)? else {
            bar.println(format!("{} has no naive twin", definition.name));
            bar.inc(2);
            continue;
        };
        for direction in Direction::ALL {
            bar.set_message(format!("{} {direction}", definition.name));
            let [ms, naive_ms] = interleaved(
                &gpu,
                [
                    &tensors.prepare(&gpu, &ours, direction)?,
                    &tensors.prepare(&gpu, &naive, direction)?,
                ],
                arguments.repeats,
            )?;
            let row = Row {
                activation: definition.name.to_owned(),
                direction: direction.name().to_owned(),
                subject: subject.clone(),
                wgsl: shader::fingerprint(&ours, direction, Dtype::F32)?,
                naive_wgsl: shader::fingerprint(&naive, direction, Dtype::F32)?,
                crate_version: env!("CARGO_PKG_VERSION").to_owned(),
                date: date::today(),
                elements: arguments.elements,
                repeats: arguments.repeats,
                ms: round(ms),
                naive_ms: round(naive_ms),
            };
            bar.println(format!(
                "{:20} {:8} {ms:8.2} ms, naive {naive_ms:8.2} ms: {:.2}",
                row.activation,
                row.direction,
                ms / naive_ms
            ));
            rows::merge(&path(&subject), row)?;
            bar.inc(1);
        }
    }
    bar.finish_and_clear();
    Ok(())
}

/// Microseconds are noise.
fn round(ms: f64) -> f64 {
    (ms * 100.0).round() / 100.0
}

/// Medians in milliseconds of one dispatch of each.
fn interleaved<const N: usize>(
    gpu: &Offload,
    prepared: [&Prepared; N],
    repeats: u32,
) -> Result<[f64; N], Error> {
    let mut batches = [1; N];
    for (batch, prepared) in batches.iter_mut().zip(prepared) {
        // The first dispatch also pays for what the driver puts off until then.
        submit(gpu, prepared, 1)?;
        *batch = (SUBMISSION_MS / submit(gpu, prepared, 1)?).clamp(1.0, 100.0) as u32;
    }
    let mut times = [const { Vec::new() }; N];
    for _ in 0..repeats {
        for ((times, prepared), batch) in times.iter_mut().zip(prepared).zip(batches) {
            times.push(submit(gpu, prepared, batch)?);
        }
    }
    Ok(times.map(median))
}

fn submit(gpu: &Offload, prepared: &Prepared, batch: u32) -> Result<f64, Error> {
    let mut encoder = gpu.device().create_command_encoder(&Default::default());
    for _ in 0..batch {
        prepared.encode(&mut encoder);
    }
    let commands = encoder.finish();
    let start = Instant::now();
    gpu.queue().submit([commands]);
    gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
    Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(batch))
}

fn median(mut times: Vec<f64>) -> f64 {
    times.sort_by(f64::total_cmp);
    times[times.len() / 2]
}

/// Input, gradient and output on the device.
struct Tensors {
    input: TensorView,
    grad_output: TensorView,
    output: TensorView,
}

impl Tensors {
    fn new(gpu: &Offload, elements: u32) -> Result<Self, Error> {
        // As they come out of a layer: normal, with a standard deviation of 3.
        let mut random = StdRng::seed_from_u64(1).sample_iter(Normal::new(0.0, 3.0)?);
        let mut tensor = |label| {
            let values: Vec<f32> = random.by_ref().take(elements as usize).collect();
            let buffer = gpu
                .device()
                .create_buffer_init(&wgpu::util::BufferInitDescriptor {
                    label: Some(label),
                    contents: bytemuck::cast_slice(&values),
                    usage: wgpu::BufferUsages::STORAGE,
                });
            TensorView::f32(&buffer)
        };
        Ok(Self {
            input: tensor("input")?,
            grad_output: tensor("grad_output")?,
            output: tensor("output")?,
        })
    }

    fn prepare(
        &self,
        gpu: &Offload,
        activation: &Activation,
        direction: Direction,
    ) -> Result<Prepared, Error> {
        let kernels = gpu.kernels();
        Ok(match direction {
            Direction::Forward => kernels.forward(activation, &self.input, &self.output)?,
            Direction::Backward => {
                kernels.backward(activation, &self.input, &self.grad_output, &self.output)?
            }
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        assert_eq!(median(vec![3.0, 1.0, 100.0]), 3.0);
    }
}
