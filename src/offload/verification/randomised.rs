use crate::activation::RandomisedRelu;
use crate::dtype::Dtype;
use crate::offload::conversion::{elements, narrowed};
use crate::offload::{Input, Job, Offload, OffloadError, Output};
use crate::verify::{Direction, RandomisedReport, RandomisedSample};

impl Offload {
    /// Runs the randomised leaky ReLU of training in both directions over a sample, with tensors of that
    /// type, and judges the results by the f64 reference, which draws the slopes anew.
    pub fn verify_randomised(
        &self,
        relu: &RandomisedRelu,
        dtype: Dtype,
        sample: &RandomisedSample,
    ) -> Result<[RandomisedReport; 2], OffloadError> {
        let sample = &sample.rounded(dtype);
        let verify = |direction| {
            let mut report = RandomisedReport::new(relu, direction, dtype);
            report.judge(sample, &self.sloped(relu, dtype, sample, direction)?);
            Ok::<_, OffloadError>(report)
        };
        Ok([verify(Direction::Forward)?, verify(Direction::Backward)?])
    }

    /// The results of a sample.
    fn sloped(
        &self,
        relu: &RandomisedRelu,
        dtype: Dtype,
        sample: &RandomisedSample,
        direction: Direction,
    ) -> Result<Vec<f32>, OffloadError> {
        let (seed, count) = (sample.seed, sample.inputs.len() as u64);
        let inputs = narrowed(dtype, &sample.inputs);
        let gradient = narrowed(dtype, &sample.grad_output);
        let mut bytes = Vec::new();
        let input = Input::bytes(dtype, &inputs);
        let output = Output::writer(dtype, &mut bytes);
        self.run(match direction {
            Direction::Forward => Job::forward_randomised(relu, seed, input, output, count),
            Direction::Backward => {
                let gradient = Input::bytes(dtype, &gradient);
                Job::backward_randomised(relu, seed, input, gradient, output, count)
            }
        })?;
        Ok(elements(dtype, &bytes))
    }
}
