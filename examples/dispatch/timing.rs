use std::time::Instant;

use wgpu_activations::{Offload, Prepared};

use crate::{Error, tensors::Tensors};

/// Timed submissions, after one that is not.
const REPEATS: usize = 5;

/// Dispatches in one submission, so that its own cost hardly counts.
const BATCH: u32 = 3;

/// Milliseconds of one dispatch: the median over several submissions.
pub(crate) fn dispatches(gpu: &Offload, prepared: &Prepared) -> Result<f64, Error> {
    median(gpu, |encoder| prepared.encode(encoder))
}

/// Milliseconds of one plain copy of the tensor.
pub(crate) fn copy(gpu: &Offload, tensors: &Tensors) -> Result<f64, Error> {
    median(gpu, |encoder| tensors.encode_copy(encoder))
}

/// Gigabytes (10⁹) in a second.
pub(crate) fn gb_per_s(bytes: u64, ms: f64) -> f64 {
    bytes as f64 / ms / 1e6
}

fn median(gpu: &Offload, record: impl Fn(&mut wgpu::CommandEncoder)) -> Result<f64, Error> {
    let mut times = Vec::with_capacity(REPEATS);
    for repeat in 0..=REPEATS {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        for _ in 0..BATCH {
            record(&mut encoder);
        }
        let commands = encoder.finish();
        let start = Instant::now();
        gpu.queue().submit([commands]);
        gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
        if repeat > 0 {
            times.push(start.elapsed().as_secs_f64() * 1e3 / f64::from(BATCH));
        }
    }
    times.sort_by(f64::total_cmp);
    Ok(times[REPEATS / 2])
}
