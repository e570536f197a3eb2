use std::borrow::Cow;

use crate::activation::RowActivation;
use crate::dtype::Dtype;
use crate::offload::conversion::{elements, narrowed};
use crate::offload::{HostMask, Input, Job, Offload, OffloadError, Output};
use crate::tensor::MaskError;
use crate::verify::{Direction, RowReport, RowSample, SampleMask, round_to};

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
            let input = rounded(&sample.input);
            let results = self.rows_of(activation, sample, dtype, &input)?;
            let exact = sample.forward(activation, dtype, &input);
            reports[0].judge(sample, &input, &exact, &results);

            // From the exact output, so that errors of one direction are not the other's; without
            // subnormal numbers, which an adapter may read as zero.
            let saved = |y: f32| if y.is_subnormal() { 0.0 } else { y };
            let output: Vec<f32> = exact.iter().map(|(y, _)| saved(round(*y))).collect();
            let gradient = rounded(&sample.grad_output);
            let exact = sample.backward(activation, &output, &gradient);
            let results = self.gradients_of(activation, sample, dtype, [&output, &gradient])?;
            reports[1].judge(sample, &gradient, &exact, &results);
        }
        Ok(reports)
    }

    /// The results of rows that are stored in that type.
    fn rows_of(
        &self,
        activation: &RowActivation,
        sample: &RowSample,
        dtype: Dtype,
        input: &[f32],
    ) -> Result<Vec<f32>, OffloadError> {
        let mask = mask_bytes(sample, dtype);
        let mask = host_mask(sample, dtype, &mask)?;
        let input = narrowed(dtype, input);
        let mut bytes = Vec::with_capacity(input.len());
        let (input, output) = (
            Input::bytes(dtype, &input),
            Output::writer(dtype, &mut bytes),
        );
        self.run(match &mask {
            None => Job::forward_rows(activation, &sample.rows, input, output),
            Some(mask) => Job::forward_rows_masked(activation, mask, input, output),
        })?;
        Ok(elements(dtype, &bytes))
    }

    /// Their gradients, from results and gradients of these.
    fn gradients_of(
        &self,
        activation: &RowActivation,
        sample: &RowSample,
        dtype: Dtype,
        tensors: [&[f32]; 2],
    ) -> Result<Vec<f32>, OffloadError> {
        let [output, gradient] = tensors.map(|tensor| narrowed(dtype, tensor));
        let mut bytes = Vec::with_capacity(output.len());
        self.run(Job::backward_rows(
            activation,
            &sample.rows,
            Input::bytes(dtype, &output),
            Input::bytes(dtype, &gradient),
            Output::writer(dtype, &mut bytes),
        ))?;
        Ok(elements(dtype, &bytes))
    }
}

/// The elements of a sample's mask, which are of that type where they are added.
fn mask_bytes(sample: &RowSample, dtype: Dtype) -> Cow<'_, [u8]> {
    match &sample.mask {
        Some(SampleMask::Additive { values, .. }) => narrowed(dtype, values),
        Some(SampleMask::Boolean { values, .. }) => Cow::Borrowed(bytemuck::cast_slice(values)),
        Some(SampleMask::Causal { .. }) | None => Cow::Borrowed(&[]),
    }
}

fn host_mask<'a>(
    sample: &RowSample,
    dtype: Dtype,
    bytes: &'a [u8],
) -> Result<Option<HostMask<'a>>, MaskError> {
    let (shape, axis) = (&sample.shape, sample.axis);
    let mask = sample.mask.as_ref().map(|mask| match mask {
        SampleMask::Additive { shape: of, .. } => {
            HostMask::additive_bytes(shape, axis, of, dtype, bytes)
        }
        SampleMask::Boolean { shape: of, .. } => HostMask::boolean_bytes(shape, axis, of, bytes),
        SampleMask::Causal { offset } => HostMask::causal_from(shape, axis, *offset),
    });
    mask.transpose()
}
