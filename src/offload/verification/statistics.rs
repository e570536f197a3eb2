use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::offload::conversion::narrowed;
use crate::offload::{Input, Offload, OffloadError, StatisticsJob};
use crate::verify::{StatisticsReport, StatisticsSample};

impl Offload {
    /// Takes the statistics of samples as the input of an activation, with tensors of that type, and judges
    /// them by those that the f64 reference gives; [`StatisticsSample::all`] has some.
    pub fn verify_statistics(
        &self,
        activation: &Activation,
        dtype: Dtype,
        samples: &[StatisticsSample],
    ) -> Result<StatisticsReport, OffloadError> {
        let mut report = StatisticsReport::new(activation, dtype);
        for sample in samples {
            let sample = &sample.rounded(dtype);
            let inputs = narrowed(dtype, &sample.inputs);
            let input = Input::bytes(dtype, &inputs);
            let job = StatisticsJob::new(activation, &sample.channels, input);
            let job = job.threshold(StatisticsSample::THRESHOLD);
            report.judge(activation, sample, &self.run_statistics(job)?)?;
        }
        Ok(report)
    }
}
