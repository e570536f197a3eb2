//! The statistics of a tensor, from a slice, a file or a stream.

use std::fmt;

use super::job::OnProgress;
use super::work::{Chunk, Operand, Work};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::Activation;
use crate::dtype::Element;
use crate::kernels::{KernelError, Kernels, Prepared};
use crate::statistics::Statistics;
use crate::tensor::{Rows, TensorView};

/// Elements that one set of records counts: a record has no room for more than 2³² of a channel.
const GENERATION: u64 = 1 << 31;

/// A tensor whose statistics are to be taken.
pub struct StatisticsJob<'a> {
    activation: &'a Activation,
    threshold: f32,
    channels: Rows,
    input: Input<'a>,
    progress: Option<OnProgress<'a>>,
}

impl<'a> StatisticsJob<'a> {
    /// What an activation makes of this input, channel by channel, with [`Statistics::THRESHOLD`].
    pub fn new(activation: &'a Activation, channels: &Rows, input: Input<'a>) -> Self {
        Self {
            activation,
            threshold: Statistics::THRESHOLD,
            channels: *channels,
            input,
            progress: None,
        }
    }

    /// With another threshold of |f′|, below which elements are saturated.
    #[must_use]
    pub fn threshold(mut self, threshold: f32) -> Self {
        self.threshold = threshold;
        self
    }

    /// Calls `progress` after every part that has passed; when it returns `Break`, the job ends with
    /// [`OffloadError::Cancelled`].
    #[must_use]
    pub fn progress(mut self, progress: OnProgress<'a>) -> Self {
        self.progress = Some(progress);
        self
    }
}

impl fmt::Debug for StatisticsJob<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StatisticsJob")
            .field("activation", &self.activation)
            .field("channels", &self.channels)
            .finish_non_exhaustive()
    }
}

/// The statistics of what an activation makes of elements: each is a unit, and the records stay on the
/// device.
#[derive(Debug)]
struct OfElements<'a> {
    activation: &'a Activation,
    threshold: f32,
    channels: Rows,
    /// Those of each generation of elements, all zeros before the first.
    records: Vec<TensorView>,
    /// The elements of one.
    generation: u64,
}

impl Work for OfElements<'_> {
    fn units(&self) -> u64 {
        self.channels.elements()
    }

    fn inputs(&self) -> Vec<Operand> {
        Operand::alike(&["the input"], 1)
    }

    fn output_unit(&self) -> u64 {
        0
    }

    fn stays_on_one_device(&self) -> bool {
        true
    }

    fn may_be_in_place(&self) -> bool {
        true
    }

    fn prepare(&self, kernels: &Kernels, chunk: &Chunk) -> Result<Vec<Prepared>, KernelError> {
        let start = chunk.units.start;
        // A chunk that reaches into the next generation counts with the one in which it begins.
        let records = &self.records[(start / self.generation) as usize];
        let prepared = kernels.continue_statistics(
            (self.activation, self.threshold),
            &self.channels,
            (start, &chunk.inputs[0]),
            records,
        )?;
        Ok(vec![prepared])
    }
}

impl Offload {
    /// How healthy the input of an activation is, channel by channel; `channels` names the axis along
    /// which these lie.
    ///
    /// ```no_run
    /// use wgpu_activations::{Activation, Offload, Rows, Statistics};
    ///
    /// let gpu = Offload::new()?;
    /// let x = vec![-0.5_f32; 8 * 64 * 100];
    /// let channels = gpu.statistics(&Activation::relu(), &Rows::along(&[8, 64, 100], 1)?, &x)?;
    /// let dead = channels.iter().filter(|channel| channel.is_dead()).count();
    /// let all: Statistics = channels.iter().sum();
    /// println!("{dead} dead units; mean output {}", all.output().mean());
    /// # Ok::<(), Box<dyn std::error::Error>>(())
    /// ```
    pub fn statistics<T: Element>(
        &self,
        activation: &Activation,
        channels: &Rows,
        input: &[T],
    ) -> Result<Vec<Statistics>, OffloadError> {
        self.run_statistics(StatisticsJob::new(
            activation,
            channels,
            Input::slice(input),
        ))
    }

    /// [`Offload::statistics`] of any input, with progress and cancellation.
    ///
    /// Beside [`Offload::MEMORY`], the device holds 144 bytes for each channel and 2³¹ elements.
    pub fn run_statistics(&self, job: StatisticsJob<'_>) -> Result<Vec<Statistics>, OffloadError> {
        pollster::block_on(self.run_statistics_async(job))
    }

    /// [`Offload::run_statistics`] without blocking; dropping the future cancels it.
    pub async fn run_statistics_async(
        &self,
        job: StatisticsJob<'_>,
    ) -> Result<Vec<Statistics>, OffloadError> {
        self.run_generations(job, GENERATION).await
    }

    async fn run_generations(
        &self,
        job: StatisticsJob<'_>,
        generation: u64,
    ) -> Result<Vec<Statistics>, OffloadError> {
        let StatisticsJob {
            activation,
            threshold,
            channels,
            input,
            progress,
        } = job;
        self.kernels.check_statistics(threshold, channels.len())?;
        let words = Statistics::WORDS as u64 * channels.len();
        let generations = channels.elements().div_ceil(generation).max(1);
        // Zeros are the records of nothing.
        let records = (0..generations).map(|_| self.zeros(words));
        let records = records.collect::<Result<Vec<_>, _>>()?;
        let work = OfElements {
            activation,
            threshold,
            channels,
            records: records.clone(),
            generation,
        };
        let output = Output::none(input.dtype);
        let mut streamed = Job::new(work, vec![input], output);
        streamed.progress = progress;
        self.run_async(streamed).await?;
        let mut all = vec![Statistics::default(); channels.len() as usize];
        for records in &records {
            self.add_records(records, &mut all).await?;
        }
        Ok(all)
    }

    async fn add_records(
        &self,
        records: &TensorView,
        all: &mut [Statistics],
    ) -> Result<(), OffloadError> {
        let words = self.download(records).await?;
        let (read, _) = words.as_chunks::<{ Statistics::WORDS }>();
        for (channel, record) in all.iter_mut().zip(read) {
            *channel = channel.merged(&Statistics::from_words(record));
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Three chunks, of which the second begins in the first generation and ends in the second.
    #[test]
    fn generations_count_together() {
        let gpu = Offload::new().expect("an adapter: run `cargo xtask test`, which installs one");
        let values: Vec<f32> = (0..9_000_001)
            .map(|index| (index % 3) as f32 - 0.5)
            .collect();
        let channels = Rows::along(&[1, 9_000_001], 0).expect("an axis");
        let relu = Activation::relu();
        let job = StatisticsJob::new(&relu, &channels, Input::slice(&values));
        let all = pollster::block_on(gpu.run_generations(job, 5_000_000)).expect("streamed");
        // 3 000 001 times -0.5, and 3 000 000 times 0.5 and 1.5.
        let count = 9_000_001.0;
        assert_eq!((all[0].count(), all[0].zeros()), (9_000_001, 3_000_001));
        let mean = (3_000_000.0 * 1.5 - 0.5) / count;
        let square = (3_000_000.0 * 2.75 + 0.25) / count;
        assert!((all[0].input().mean() - mean).abs() < 1e-12);
        assert!((all[0].input().variance() - (square - mean * mean)).abs() < 1e-12);
        assert!((all[0].output().mean() - 6_000_000.0 / count).abs() < 1e-12);
    }
}
