use std::time::Instant;

use wgpu_activations::{Offload, Prepared};

use crate::{Error, tensors::Tensors};

/// Timed submissions, after one that is not.
const REPEATS: usize = 5;

/// What one submission should take at least, so that its own cost hardly counts.
const SUBMISSION_MS: f64 = 20.0;

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
    let submit = |batch: u32| -> Result<f64, Error> {
        let mut encoder = gpu.device().create_command_encoder(&Default::default());
        for _ in 0..batch {
            record(&mut encoder);
        }
        let commands = encoder.finish();
        let start = Instant::now();
        gpu.queue().submit([commands]);
        gpu.device().poll(wgpu::PollType::wait_indefinitely())?;
        Ok(start.elapsed().as_secs_f64() * 1e3 / f64::from(batch))
    };
    let warm_up = submit(1)?;
    let batch = (SUBMISSION_MS / warm_up).clamp(1.0, 100.0) as u32;
    let mut times = (0..REPEATS)
        .map(|_| submit(batch))
        .collect::<Result<Vec<_>, _>>()?;
    times.sort_by(f64::total_cmp);
    Ok(times[REPEATS / 2])
}
