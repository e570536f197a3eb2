//! Tensors of many shapes.

use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, Dtype, Rows};

use super::common::{gpu, ramp};
use super::subject::{Case, Subject};

const F32: [(Dtype, usize); 4] = [(Dtype::F32, 0); 4];

/// Values for each channel that no rule refuses: near the activation's own.
fn values(activation: &Activation, index: usize, count: usize) -> Vec<f32> {
    let own = activation.values()[index];
    (0..count)
        .map(|channel| own * (1.0 + 0.01 * (channel % 13) as f32))
        .collect()
}

#[test]
fn every_hyper_parameter_of_every_activation() {
    let gpu = Subject::of(&gpu());
    let channels = Rows::along(&[3, 5, 37], 1).expect("a shape");
    let inputs = ramp(3 * 5 * 37);
    let grad_outputs: Vec<f32> = inputs.iter().rev().copied().collect();
    for definition in catalogue().filter(|row| !row.parameters.is_empty()) {
        for activation in Activation::variants(definition) {
            for count in [1, 5] {
                let tensors = (0..definition.parameters.len())
                    .map(|index| Some(values(&activation, index, count)));
                Case {
                    activation: &activation,
                    channels,
                    tensors: tensors.collect(),
                    inputs: &inputs,
                    grad_outputs: &grad_outputs,
                    places: F32,
                }
                .check(&gpu);
            }
        }
    }
}
