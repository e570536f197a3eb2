//! How long commands take on the device.

use std::time::Instant;

use wgpu::Features;
use wgpu_activations::{Offload, Prepared};

use super::BenchError;
use super::tensors::Set;

/// Timed submissions of each, after those that warm up.
const REPEATS: usize = 9;

/// What a submission should take at least, so that its own cost hardly counts.
const SUBMISSION_MS: f64 = 20.0;

/// Dispatches in a submission at most.
const MOST: f64 = 1000.0;

/// What is timed, in turn on one set of tensors after the other.
#[derive(Clone, Copy)]
pub(super) enum Commands<'a> {
    Dispatches(&'a [Prepared]),
    /// From the input to the output of each.
    Copies(&'a [Set]),
    Nothing,
}

/// Milliseconds of one command.
#[derive(Clone, Copy, Debug)]
pub(super) struct Times {
    pub(super) median: f64,
    pub(super) min: f64,
    pub(super) max: f64,
}

/// Measures on one device, by its own clock where it has one.
pub(super) struct Timer<'a> {
    gpu: &'a Offload,
    clock: Option<Clock>,
}

/// Timestamps before and after commands.
struct Clock {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    read: wgpu::Buffer,
    /// Whether copies can be timed too.
    is_inside_encoders: bool,
    ms_per_tick: f64,
}

impl<'a> Timer<'a> {
    pub(super) fn new(gpu: &'a Offload) -> Self {
        let features = gpu.device().features();
        let clock = features.contains(Features::TIMESTAMP_QUERY).then(|| Clock {
            queries: gpu.device().create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("clock"),
                ty: wgpu::QueryType::Timestamp,
                count: 2,
            }),
            resolved: buffer(
                gpu,
                wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
            ),
            read: buffer(
                gpu,
                wgpu::BufferUsages::MAP_READ | wgpu::BufferUsages::COPY_DST,
            ),
            is_inside_encoders: features.contains(Features::TIMESTAMP_QUERY_INSIDE_ENCODERS),
            ms_per_tick: f64::from(gpu.queue().get_timestamp_period()) / 1e6,
        });
        Self { gpu, clock }
    }

    /// Whether the device's own clock is what times dispatches.
    pub(super) fn has_clock(&self) -> bool {
        self.clock.is_some()
    }

    /// How long one of the commands takes.
    pub(super) fn times(&self, commands: Commands<'_>) -> Result<Times, BenchError> {
        let mut turn = 0;
        let mut submit = |count| {
            let ms = self.submit(commands, turn, count);
            turn += count;
            ms.map(|ms| ms / count as f64)
        };
        // The first of each also pays for what the driver puts off until then.
        submit(commands.sets())?;
        let once = submit(1)?;
        let count = match commands {
            Commands::Nothing => 1,
            _ => (SUBMISSION_MS / once).clamp(1.0, MOST).ceil() as usize,
        };
        let mut times = Vec::with_capacity(REPEATS);
        for _ in 0..REPEATS {
            times.push(submit(count)?);
        }
        times.sort_by(f64::total_cmp);
        Ok(Times {
            median: times[REPEATS / 2],
            min: times[0],
            max: times[REPEATS - 1],
        })
    }

    /// Milliseconds of so many commands.
    fn submit(&self, commands: Commands<'_>, turn: usize, count: usize) -> Result<f64, BenchError> {
        let clock = self.clock.as_ref().filter(|clock| match commands {
            Commands::Dispatches(_) => true,
            Commands::Copies(_) => clock.is_inside_encoders,
            Commands::Nothing => false,
        });
        let mut encoder = self
            .gpu
            .device()
            .create_command_encoder(&wgpu::CommandEncoderDescriptor { label: None });
        match commands {
            Commands::Dispatches(prepared) => {
                let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                    label: None,
                    timestamp_writes: clock.map(|clock| wgpu::ComputePassTimestampWrites {
                        query_set: &clock.queries,
                        beginning_of_pass_write_index: Some(0),
                        end_of_pass_write_index: Some(1),
                    }),
                });
                for index in turn..turn + count {
                    prepared[index % prepared.len()].dispatch(&mut pass);
                }
            }
            Commands::Copies(sets) => {
                if let Some(clock) = clock {
                    encoder.write_timestamp(&clock.queries, 0);
                }
                for index in turn..turn + count {
                    let Set { input, output, .. } = &sets[index % sets.len()];
                    let (from, to) = (input.buffer(), output.buffer());
                    encoder.copy_buffer_to_buffer(from, 0, to, 0, from.size());
                }
                if let Some(clock) = clock {
                    encoder.write_timestamp(&clock.queries, 1);
                }
            }
            Commands::Nothing => {}
        }
        if let Some(clock) = clock {
            encoder.resolve_query_set(&clock.queries, 0..2, &clock.resolved, 0);
            encoder.copy_buffer_to_buffer(&clock.resolved, 0, &clock.read, 0, clock.read.size());
            encoder.map_buffer_on_submit(&clock.read, wgpu::MapMode::Read, .., |_| {});
        }
        let commands = encoder.finish();
        let start = Instant::now();
        self.gpu.submit(commands)?;
        let ms = start.elapsed().as_secs_f64() * 1e3;
        clock.map_or(Ok(ms), Clock::elapsed)
    }
}

impl Clock {
    fn elapsed(&self) -> Result<f64, BenchError> {
        let view = self.read.get_mapped_range(..)?;
        let ticks: Vec<u64> = view
            .chunks_exact(8)
            .map(bytemuck::pod_read_unaligned)
            .collect();
        drop(view);
        self.read.unmap();
        match ticks[..] {
            [start, end] if end > start => Ok((end - start) as f64 * self.ms_per_tick),
            _ => Err(BenchError::Clock),
        }
    }
}

impl Commands<'_> {
    fn sets(&self) -> usize {
        match self {
            Self::Dispatches(prepared) => prepared.len(),
            Self::Copies(sets) => sets.len(),
            Self::Nothing => 1,
        }
    }
}

/// Room for two timestamps.
fn buffer(gpu: &Offload, usage: wgpu::BufferUsages) -> wgpu::Buffer {
    gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: Some("clock"),
        size: 2 * u64::from(wgpu::QUERY_SIZE),
        usage,
        mapped_at_creation: false,
    })
}
