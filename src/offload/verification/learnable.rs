use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::offload::conversion::{elements, narrowed};
use crate::offload::{Input, LearnableActivation, LearnableJob, Offload, OffloadError, Output};
use crate::tensor::Rows;
use crate::verify::{LearnableReport, LearnableSample};

impl Offload {
    /// Runs the derivatives of an activation by each of its hyper-parameters over a sample, the gradient
    /// of the output being 1, with tensors of that type, and judges the results by the f64 reference.
    pub fn verify_learnable(
        &self,
        activation: &Activation,
        dtype: Dtype,
        sample: &LearnableSample,
    ) -> Result<Vec<LearnableReport>, OffloadError> {
        let sample = &sample.rounded(dtype);
        let results = self.derivatives_of(activation, dtype, sample)?;
        let parameters = activation.parameters().iter().zip(&results);
        let reports = parameters.map(|(parameter, results)| {
            let mut report = LearnableReport::new(activation, parameter, dtype);
            report.judge(activation, sample, results)?;
            Ok(report)
        });
        reports.collect()
    }

    /// Those by each hyper-parameter: a point is a channel of one element.
    fn derivatives_of(
        &self,
        activation: &Activation,
        dtype: Dtype,
        sample: &LearnableSample,
    ) -> Result<Vec<Vec<f32>>, OffloadError> {
        let channels = Rows::new(1, sample.inputs.len() as u64, 1);
        let parameters = activation.parameters();
        let mut learnable = LearnableActivation::new(activation, &channels);
        for (parameter, values) in parameters.iter().zip(&sample.values) {
            learnable = learnable.with(parameter.name, values)?;
        }
        let inputs = narrowed(dtype, &sample.inputs);
        let ones = vec![1.0; sample.inputs.len()];
        let ones = narrowed(dtype, &ones);
        let mut unused = std::io::sink();
        let mut results = vec![Vec::new(); parameters.len()];
        let mut job = LearnableJob::backward(
            &learnable,
            Input::bytes(dtype, &inputs),
            Input::bytes(dtype, &ones),
            Output::writer(dtype, &mut unused),
        );
        for (parameter, results) in parameters.iter().zip(&mut results) {
            job = job.gradient(parameter.name, Output::writer(dtype, results))?;
        }
        self.run_learnable(job)?;
        Ok(results.iter().map(|bytes| elements(dtype, bytes)).collect())
    }
}
