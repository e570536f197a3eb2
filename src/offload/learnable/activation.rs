use crate::activation::{Activation, ActivationError};
use crate::dtype::{Dtype, Element};
use crate::kernels::KernelError;
use crate::offload::OffloadError;
use crate::offload::conversion::elements;
use crate::tensor::Rows;

/// An activation some of whose hyper-parameters are tensors in memory: one value, or one for each channel.
///
/// [`Learnable`](crate::Learnable) is its like on the device. Those that are given no tensor keep the
/// activation's own value.
///
/// ```
/// use wgpu_activations::{Activation, LearnableActivation, Rows};
///
/// // 8 images of 3 channels, 64 × 64 pixels each, and a slope for each channel.
/// let channels = Rows::along(&[8, 3, 64, 64], 1)?;
/// let prelu = LearnableActivation::new(&Activation::prelu(), &channels)
///     .with("negative_slope", &[0.25_f32, 0.1, 0.5])?;
/// prelu.check()?;
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct LearnableActivation {
    activation: Activation,
    channels: Rows,
    /// Of each hyper-parameter, in order.
    tensors: Vec<Option<Vec<f32>>>,
}

impl LearnableActivation {
    /// An activation of tensors with these channels: [`Rows::along`] the channels' axis. All
    /// hyper-parameters are constants yet.
    pub fn new(activation: &Activation, channels: &Rows) -> Self {
        Self {
            activation: activation.clone(),
            channels: *channels,
            tensors: vec![None; activation.parameters().len()],
        }
    }

    /// The same with a tensor for one hyper-parameter, of one value or of one for each channel.
    pub fn with<T: Element>(self, parameter: &str, values: &[T]) -> Result<Self, OffloadError> {
        self.with_bytes(parameter, T::DTYPE, bytemuck::cast_slice(values))
    }

    /// [`LearnableActivation::with`] from memory that need not be aligned, in the machine's byte order,
    /// such as a mapped file; bytes at the end that make no whole element are left out.
    pub fn with_bytes(
        mut self,
        parameter: &str,
        dtype: Dtype,
        bytes: &[u8],
    ) -> Result<Self, OffloadError> {
        let index = self.index(parameter)?;
        let parameter = self.activation.parameters()[index].name;
        let values = elements(dtype, bytes);
        let (len, channels) = (values.len() as u64, self.channels.len());
        if len != 1 && len != channels {
            let error = KernelError::ParameterLength {
                parameter,
                len,
                channels,
            };
            return Err(error.into());
        }
        if self.tensors[index].is_some() {
            return Err(KernelError::ParameterTwice { parameter }.into());
        }
        self.tensors[index] = Some(values);
        Ok(self)
    }

    /// The activation, with the values of the hyper-parameters that are constants.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// The channels.
    pub fn channels(&self) -> &Rows {
        &self.channels
    }

    /// The values of a hyper-parameter that is a tensor.
    pub fn values(&self, parameter: &str) -> Option<&[f32]> {
        self.tensors[self.index(parameter).ok()?].as_deref()
    }

    /// Whether the values of each channel are such that [`Activation::with_all`] would take them; whatever
    /// runs this asks it first.
    pub fn check(&self) -> Result<(), OffloadError> {
        let longest = self.tensors().map(|(_, values)| values.len()).max();
        let mut settings = Vec::with_capacity(self.tensors.len());
        for index in 0..longest.unwrap_or(0) {
            settings.clear();
            for (parameter, values) in self.tensors() {
                let Some(&value) = values.get(index).or(values.first()) else {
                    continue;
                };
                if !value.is_finite() {
                    return Err(OffloadError::ParameterValue {
                        parameter,
                        index: index as u64,
                        value,
                    });
                }
                settings.push((parameter, f64::from(value)));
            }
            let allowed = self.activation.clone().with_all(&settings);
            allowed.map_err(|error| OffloadError::ParameterRule {
                index: index as u64,
                error,
            })?;
        }
        Ok(())
    }

    /// The hyper-parameters that are tensors, by their names.
    pub(super) fn tensors(&self) -> impl Iterator<Item = (&'static str, &[f32])> {
        let parameters = self.activation.parameters().iter().zip(&self.tensors);
        parameters.filter_map(|(parameter, values)| Some((parameter.name, values.as_deref()?)))
    }

    /// A hyper-parameter that is a tensor.
    pub(super) fn tensor(&self, parameter: &str) -> Result<(&'static str, &[f32]), OffloadError> {
        let index = self.index(parameter)?;
        let parameter = self.activation.parameters()[index].name;
        match &self.tensors[index] {
            Some(values) => Ok((parameter, values)),
            None => Err(KernelError::ConstantParameter { parameter }.into()),
        }
    }

    fn index(&self, parameter: &str) -> Result<usize, OffloadError> {
        let all = self.activation.parameters();
        let index = all.iter().position(|known| known.name == parameter);
        Ok(index
            .ok_or_else(|| {
                ActivationError::unknown_parameter(self.activation.name(), all, parameter)
            })
            .map_err(KernelError::from)?)
    }
}

#[cfg(test)]
mod tests {
    use half::f16;

    use super::*;

    fn learnable(activation: Activation) -> LearnableActivation {
        let channels = Rows::along(&[2, 3, 5], 1).expect("a shape");
        LearnableActivation::new(&activation, &channels)
    }

    fn refusal(learnable: LearnableActivation) -> String {
        learnable.check().expect_err("refused").to_string()
    }

    #[test]
    fn values_obey_the_rules_of_constants() {
        let prelu = learnable(Activation::prelu());
        let with = |values: &[f32; 3]| prelu.clone().with("negative_slope", values);
        with(&[0.0, -1.0, f32::MAX])
            .expect("slopes")
            .check()
            .expect("any finite slope");
        let text = refusal(with(&[0.0, 1.0, f32::NAN]).expect("slopes"));
        for part in ["negative_slope", "NaN", "index 2", "finite"] {
            assert!(text.contains(part), "{text}");
        }
        let infinite = prelu.with("negative_slope", &[f16::NEG_INFINITY]);
        let text = refusal(infinite.expect("a slope"));
        assert!(text.contains("-inf at index 0"), "{text}");

        let hard_tanh = learnable(Activation::hard_tanh())
            .with("min", &[0.5_f32])
            .and_then(|tanh| tanh.with("max", &[1.0_f32, 0.25, 1.0]));
        let text = refusal(hard_tanh.expect("bounds"));
        for part in ["index 1", "min = 0.5, max = 0.25", "correct"] {
            assert!(text.contains(part), "{text}");
        }
    }

    #[test]
    fn constants_count_where_there_is_no_tensor() {
        let tanh = Activation::hard_tanh().with_all(&[("min", 2.0), ("max", 3.0)]);
        let tanh = learnable(tanh.expect("bounds"));
        let with = |max: f32| tanh.clone().with("max", &[max]).expect("a bound");
        with(2.5).check().expect("above 2");
        assert!(refusal(with(1.5)).contains("min = 2, max = 1.5"));
    }
}
