//! Derivatives by hyper-parameters: on which points they are tried, and how they are judged.

mod report;

pub use report::{LearnableReport, PointPlace};

use super::Samples;
use super::inputs::SplitMix;
use super::ulp::rounded;
use crate::activation::Activation;
use crate::dtype::Dtype;

/// Inputs to try the derivatives of an activation by its hyper-parameters on, each with hyper-parameters
/// of its own.
#[derive(Clone, Debug)]
pub struct LearnableSample {
    pub(crate) inputs: Vec<f32>,
    /// As many values of each hyper-parameter.
    pub(crate) values: Vec<Vec<f32>>,
}

/// Inputs over the whole range and of the magnitudes that networks see.
const INPUTS: Samples = Samples {
    spaced: 1 << 12,
    random: 1 << 12,
    seed: 11,
};

/// Inputs that have random hyper-parameters.
const RANDOM: usize = 1 << 13;

/// Draws after which hyper-parameters that a rule refuses again and again stay as they were.
const DRAWS: usize = 1000;

impl LearnableSample {
    /// The edge cases of an activation, evenly spaced and random inputs, with its own hyper-parameters and
    /// with each set of unusual ones; and random inputs with random hyper-parameters.
    pub fn new(activation: &Activation) -> Self {
        let mut sample = Self {
            inputs: Vec::new(),
            values: vec![Vec::new(); activation.parameters().len()],
        };
        let unusual = activation.definition().into_iter();
        let unusual = unusual
            .flat_map(Activation::variants)
            .filter(|unusual| unusual.values() != activation.values());
        for activation in [activation.clone()].into_iter().chain(unusual) {
            for x in INPUTS.inputs(&activation) {
                sample.push(x, &activation);
            }
        }
        let mut random = Random(SplitMix(INPUTS.seed));
        for _ in 0..RANDOM {
            let activation = random.hyper_parameters(activation);
            sample.push(random.input(&activation), &activation);
        }
        sample
    }

    fn push(&mut self, x: f32, activation: &Activation) {
        self.inputs.push(x);
        for (values, &value) in self.values.iter_mut().zip(activation.values()) {
            values.push(value);
        }
    }

    /// The same sample with inputs in a type, without those that an adapter may read as zero.
    pub(crate) fn rounded(&self, dtype: Dtype) -> Self {
        Self {
            inputs: rounded(dtype, &self.inputs),
            values: self.values.clone(),
        }
    }

    /// The hyper-parameters of an input.
    fn values_at(&self, index: usize) -> Vec<f32> {
        self.values.iter().map(|values| values[index]).collect()
    }
}

struct Random(SplitMix);

impl Random {
    /// In 0 .. 1.
    fn unit(&mut self) -> f64 {
        (self.0.next() >> 11) as f64 / (1_u64 << 53) as f64
    }

    fn below(&mut self, limit: usize) -> usize {
        (self.0.next() % limit as u64) as usize
    }

    /// A number of either sign, its magnitude between these powers of ten.
    fn magnitude(&mut self, least: f64, most: f64) -> f64 {
        let magnitude = 10.0_f64.powf(least + self.unit() * (most - least));
        magnitude.copysign(self.unit() - 0.5)
    }

    /// The activation with hyper-parameters that no rule refuses: ordinary ones, or of any magnitude.
    fn hyper_parameters(&mut self, activation: &Activation) -> Activation {
        for _ in 0..DRAWS {
            let is_extreme = self.below(2) == 0;
            let names = activation
                .parameters()
                .iter()
                .map(|parameter| parameter.name);
            let set: Vec<_> = names
                .map(|name| match (self.below(8), is_extreme) {
                    (0, true) => (name, 0.0),
                    (1, true) => (name, self.magnitude(-37.0, 38.0)),
                    (_, true) => (name, self.magnitude(-15.0, 12.0)),
                    (0, false) => (name, 1.0_f64.copysign(self.unit() - 0.5)),
                    (_, false) => (name, self.magnitude(-3.0, 2.0)),
                })
                .collect();
            if let Ok(activation) = activation.clone().with_all(&set) {
                return activation;
            }
        }
        activation.clone()
    }

    /// Anything, or what is as large as a hyper-parameter, or as the inverse of one.
    fn input(&mut self, activation: &Activation) -> f32 {
        let near = match activation.values() {
            [] => 1.0,
            values => values[self.below(values.len())],
        };
        let x = match self.below(4) {
            0 => f32::from_bits(self.0.next() as u32),
            1 => near * (self.unit() as f32 * 3.0 - 1.0),
            2 => self.unit() as f32 * 90.0 / near,
            _ => self.magnitude(-8.0, 4.0) as f32,
        };
        if x.is_finite() { x } else { 0.0 }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_input_has_hyper_parameters_that_the_rules_allow() {
        for activation in [
            Activation::prelu(),
            Activation::hard_tanh(),
            Activation::srelu(),
        ] {
            let sample = LearnableSample::new(&activation).rounded(Dtype::Bf16);
            for values in &sample.values {
                assert_eq!(values.len(), sample.inputs.len());
            }
            let names = activation
                .parameters()
                .iter()
                .map(|parameter| parameter.name);
            let names: Vec<_> = names.collect();
            let mut different = 0;
            for index in 0..sample.inputs.len() {
                let values = sample.values_at(index);
                let set = names
                    .iter()
                    .zip(&values)
                    .map(|(name, &value)| (*name, value.into()));
                let set: Vec<_> = set.collect();
                assert!(activation.clone().with_all(&set).is_ok(), "{set:?}");
                different += usize::from(values != activation.values());
            }
            assert!(different > RANDOM / 2);
            assert!(sample.inputs.iter().any(|x| x.is_nan()));
            assert!(sample.inputs.iter().any(|x| x.is_infinite()));
            assert!(!sample.inputs.iter().any(|x| x.is_subnormal()));
        }
    }
}
