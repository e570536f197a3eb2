//! Milliseconds by the device's own clock.

use wgpu_activations::Prepared;

use super::GpuError;
use super::staging::{Arrived, Staging};
use crate::timings::Milliseconds;

/// Begin and end of three passes: forward, backward, and forward once more.
///
/// Some software drivers put work off until a later pass needs its result, and so write the end of a pass too
/// early: what counts is the later of that and the begin of the next pass.
const QUERIES: u32 = 6;
const QUERY_BYTES: u64 = QUERIES as u64 * 8;

/// Measures one activation at a time.
#[derive(Debug)]
pub(super) struct Timestamps {
    queries: wgpu::QuerySet,
    resolved: wgpu::Buffer,
    /// With the place of the activation that is under way.
    staging: Staging<usize>,
    ms_per_tick: f64,
}

impl Timestamps {
    pub(super) fn new(device: &wgpu::Device, queue: &wgpu::Queue) -> Self {
        Self {
            queries: device.create_query_set(&wgpu::QuerySetDescriptor {
                label: Some("times"),
                ty: wgpu::QueryType::Timestamp,
                count: QUERIES,
            }),
            resolved: device.create_buffer(&wgpu::BufferDescriptor {
                label: Some("times"),
                size: QUERY_BYTES,
                usage: wgpu::BufferUsages::QUERY_RESOLVE | wgpu::BufferUsages::COPY_SRC,
                mapped_at_creation: false,
            }),
            staging: Staging::new(device, "times", QUERY_BYTES),
            ms_per_tick: f64::from(queue.get_timestamp_period()) / 1e6,
        }
    }

    pub(super) fn are_idle(&self) -> bool {
        self.staging.is_idle()
    }

    /// Runs forward and backward.
    pub(super) fn submit(
        &mut self,
        device: &wgpu::Device,
        queue: &wgpu::Queue,
        [forward, backward]: [&Prepared; 2],
        index: usize,
    ) {
        let mut encoder = device.create_command_encoder(&Default::default());
        for (place, operation) in (0..).zip([forward, backward, forward]) {
            let mut pass = encoder.begin_compute_pass(&wgpu::ComputePassDescriptor {
                label: Some("timed"),
                timestamp_writes: Some(wgpu::ComputePassTimestampWrites {
                    query_set: &self.queries,
                    beginning_of_pass_write_index: Some(2 * place),
                    end_of_pass_write_index: Some(2 * place + 1),
                }),
            });
            operation.dispatch(&mut pass);
        }
        encoder.resolve_query_set(&self.queries, 0..QUERIES, &self.resolved, 0);
        let to = self.staging.buffer();
        encoder.copy_buffer_to_buffer(&self.resolved, 0, to, 0, QUERY_BYTES);
        queue.submit([encoder.finish()]);
        self.staging.read(QUERY_BYTES, index);
    }

    /// The place of an activation and its times, once they are here.
    pub(super) fn receive(&mut self) -> Result<Option<(usize, Milliseconds)>, GpuError> {
        match self.staging.take(|_| QUERY_BYTES) {
            Arrived::Idle | Arrived::Waiting => Ok(None),
            Arrived::Failed => Err(GpuError::NoResult),
            Arrived::Bytes(index, bytes) => {
                let (ticks, _) = bytes.as_chunks::<8>();
                let ticks: Vec<_> = ticks.iter().map(|tick| u64::from_ne_bytes(*tick)).collect();
                let between = |begin: usize| {
                    let end = ticks[begin + 1].max(ticks[begin + 2]);
                    // A device may reset its clock between two of them.
                    end.saturating_sub(ticks[begin]) as f64 * self.ms_per_tick
                };
                Ok(Some((
                    index,
                    Milliseconds {
                        forward: between(0),
                        backward: between(2),
                    },
                )))
            }
        }
    }
}
