use super::elements::{elements, narrowed};
use super::{Input, Job, Offload, OffloadError, Output};
use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::tensor::Rows;
use crate::verify::{Direction, RowReport, RowSample, round_to};

impl Offload {
    /// Runs a function of rows in both directions over samples, with tensors of that type, and judges
    /// the results by the f64 reference; [`RowSample::all`] has some.
    pub fn verify_rows(
        &self,
        activation: &RowActivation,
        dtype: Dtype,
        samples: &[RowSample],
    ) -> Result<[RowReport; 2], OffloadError> {
        let mut reports =
            Direction::ALL.map(|direction| RowReport::new(activation, direction, dtype));
        let round = |value: f64| round_to(dtype, value) as f32;
        let rounded =
            |values: &[f32]| -> Vec<f32> { values.iter().map(|&x| round(x.into())).collect() };
        for sample in samples {
            let run =
                |first, gradient| self.rows_of(activation, &sample.rows, dtype, first, gradient);
            let input = rounded(&sample.input);
            let exact = sample.forward(activation, &input);
            reports[0].judge(sample, &input, &exact, &run(&input, None)?);

            // From the exact output, so that errors of one direction are not the other's; without
            // subnormal numbers, which an adapter may read as zero.
            let saved = |y: f32| if y.is_subnormal() { 0.0 } else { y };
            let output: Vec<f32> = exact.iter().map(|(y, _)| saved(round(*y))).collect();
            let gradient = rounded(&sample.grad_output);
            let exact = sample.backward(activation, &output, &gradient);
            reports[1].judge(sample, &gradient, &exact, &run(&output, Some(&gradient))?);
        }
        Ok(reports)
    }

    /// The results of rows that are stored in that type, forward or with a gradient backward.
    fn rows_of(
        &self,
        activation: &RowActivation,
        rows: &Rows,
        dtype: Dtype,
        first: &[f32],
        gradient: Option<&[f32]>,
    ) -> Result<Vec<f32>, OffloadError> {
        let first = narrowed(dtype, first);
        let gradient = gradient.map(|gradient| narrowed(dtype, gradient));
        let mut bytes = Vec::with_capacity(first.len());
        let (input, output) = (
            Input::bytes(dtype, &first),
            Output::writer(dtype, &mut bytes),
        );
        self.run(match &gradient {
            None => Job::forward_rows(activation, rows, input, output),
            Some(gradient) => {
                let gradient = Input::bytes(dtype, gradient);
                Job::backward_rows(activation, rows, input, gradient, output)
            }
        })?;
        Ok(elements(dtype, &bytes))
    }
}
