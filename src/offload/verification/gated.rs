use crate::activation::GatedActivation;
use crate::dtype::Dtype;
use crate::offload::conversion::{elements, narrowed};
use crate::offload::{Input, Job, Offload, OffloadError, Output};
use crate::tensor::Halves;
use crate::verify::{Direction, GatedReport, GatedSample};

impl Offload {
    /// Runs a gated unit in both directions over a sample, with tensors of that type, and judges the
    /// results by the f64 reference.
    pub fn verify_gated(
        &self,
        gated: &GatedActivation,
        dtype: Dtype,
        sample: &GatedSample,
    ) -> Result<[GatedReport; 2], OffloadError> {
        let sample = &sample.rounded(dtype);
        let mut reports = Direction::ALL.map(|direction| GatedReport::new(gated, direction, dtype));
        let results = self.halves_of(gated, dtype, sample, Direction::Forward)?;
        reports[0].judge(sample, &sample.forward(gated)?, &results);
        let results = self.halves_of(gated, dtype, sample, Direction::Backward)?;
        reports[1].judge(sample, &sample.backward(gated)?, &results);
        Ok(reports)
    }

    /// The results for a tensor in which all a lie before all b.
    fn halves_of(
        &self,
        gated: &GatedActivation,
        dtype: Dtype,
        sample: &GatedSample,
        direction: Direction,
    ) -> Result<Vec<f32>, OffloadError> {
        let halves = Halves::pairs(sample.a.len() as u64);
        let joined = [sample.a.as_slice(), &sample.b].concat();
        let joined = narrowed(dtype, &joined);
        let gradient = narrowed(dtype, &sample.grad_output);
        let mut bytes = Vec::new();
        let (input, output) = (
            Input::bytes(dtype, &joined),
            Output::writer(dtype, &mut bytes),
        );
        self.run(match direction {
            Direction::Forward => Job::forward_gated(gated, &halves, input, output),
            Direction::Backward => {
                let gradient = Input::bytes(dtype, &gradient);
                Job::backward_gated(gated, &halves, input, gradient, output)
            }
        })?;
        Ok(elements(dtype, &bytes))
    }
}
