//! Tensors of many shapes.

use proptest::prelude::*;
use proptest::test_runner::{Config, TestRunner};
use wgpu_activations::activation::catalogue;
use wgpu_activations::{Activation, Dtype, Rows};

use super::common::subject::Subject;
use super::common::xielu::around_second_zeros;
use super::common::{gpu_with_limits, ramp};
use super::subject::Case;

const F32: [(Dtype, usize); 4] = [(Dtype::F32, 0); 4];

/// Values for each channel that no rule refuses: near the activation's own.
fn values(activation: &Activation, index: usize, count: usize) -> Vec<f32> {
    let own = activation.values()[index];
    (0..count)
        .map(|channel| own * (1.0 + 0.01 * (channel % 13) as f32))
        .collect()
}

/// All hyper-parameters of an activation as tensors of so many values.
fn tensors(activation: &Activation, count: usize) -> Vec<Option<Vec<f32>>> {
    let indices = 0..activation.parameters().len();
    indices
        .map(|index| Some(values(activation, index, count)))
        .collect()
}

#[test]
fn every_hyper_parameter_of_every_activation() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[3, 5, 36], 1).expect("a shape");
    let inputs = ramp(3 * 5 * 36);
    let grad_outputs: Vec<f32> = inputs.iter().rev().copied().collect();
    for definition in catalogue().filter(|row| !row.parameters.is_empty()) {
        for activation in Activation::variants(definition) {
            for count in [1, 5] {
                let case = Case {
                    activation: &activation,
                    channels,
                    tensors: tensors(&activation, count),
                    inputs: &inputs,
                    grad_outputs: &grad_outputs,
                    places: F32,
                };
                case.check(gpu);
            }
        }
    }
}

/// Of hyper-parameters in tensors no zero is known beforehand.
#[test]
fn xielu_around_its_second_zeros() {
    let (activations, inputs): (Vec<_>, Vec<_>) = around_second_zeros(200).unzip();
    let shape = [activations.len() as u64, inputs[0].len() as u64];
    let inputs = inputs.concat();
    let of_each = |index: usize| activations.iter().map(move |each| each.values()[index]);
    let case = Case {
        activation: &Activation::xielu(),
        channels: Rows::along(&shape, 0).expect("a shape"),
        tensors: (0..3).map(|index| Some(of_each(index).collect())).collect(),
        inputs: &inputs,
        grad_outputs: &vec![1.0; inputs.len()],
        places: F32,
    };
    case.check(Subject::shared());
}

/// Some are tensors of one value, some of one for each channel, some constants.
#[test]
fn any_mix_of_tensors_and_constants() {
    let gpu = Subject::shared();
    let (inputs, grad_outputs) = (ramp(7 * 12 * 5), ramp(7 * 12 * 5 + 1));
    let activation = Activation::srelu();
    for mix in 0..81_usize {
        let choice = |index: u32| mix / 3_usize.pow(index) % 3;
        let tensors = (0..4).map(|index| match choice(index) {
            0 => None,
            1 => Some(values(&activation, index as usize, 1)),
            _ => Some(values(&activation, index as usize, 12)),
        });
        // A few, so that not every pipeline there could be is compiled.
        if mix % 7 != 5 {
            continue;
        }
        Case {
            activation: &activation,
            channels: Rows::along(&[7, 12, 5], 1).expect("a shape"),
            tensors: tensors.collect(),
            inputs: &inputs,
            grad_outputs: &grad_outputs[1..],
            places: F32,
        }
        .check(gpu);
    }
}

#[test]
fn any_shape_axis_types_and_offsets() {
    let gpu = Subject::shared();
    let place = || (prop::sample::select(Dtype::ALL.to_vec()), 0_usize..70);
    let strategy = (
        prop::collection::vec(1_u64..9, 1..=5),
        0_i64..5,
        prop::sample::select(vec![
            Activation::prelu(),
            Activation::swish(),
            Activation::srelu(),
        ]),
        any::<bool>(),
        [place(), place(), place(), place()],
    );
    let mut runner = TestRunner::new(Config::with_cases(30));
    let run = runner.run(&strategy, |(shape, axis, activation, shared, places)| {
        let rank = shape.len() as i64;
        let channels = Rows::along(&shape, axis % rank).expect("an axis");
        let len = channels.elements() as usize;
        let count = if shared { 1 } else { channels.len() as usize };
        let (inputs, grad_outputs) = (ramp(len), ramp(len + 1));
        let mut case = Case {
            activation: &activation,
            channels,
            tensors: tensors(&activation, count),
            inputs: &inputs,
            grad_outputs: &grad_outputs[1..],
            places,
        };
        case.check(gpu);
        case.places[1].0 = places[0].0;
        case.places[2].0 = places[0].0;
        case.check_in_place(gpu);
        Ok(())
    });
    run.expect("all shapes");
}

/// Many channels of few elements, few channels of many, both ways round; with bindings that hold a small
/// part of each.
#[test]
fn tensors_larger_than_a_binding() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    for (shape, axis) in [
        (&[50_000_u64][..], 0),
        (&[50_000, 1], 1),
        (&[3, 9000], 1),
        (&[3, 9000], 0),
        (&[9000, 3], 1),
        (&[2, 300, 70], 1),
        (&[2, 7, 5000], 1),
    ] {
        let channels = Rows::along(shape, axis).expect("a shape");
        let len = channels.elements() as usize;
        let (inputs, grad_outputs) = (ramp(len), ramp(len + 1));
        for (activation, offset) in [(Activation::prelu(), 0), (Activation::shrink(), 3)] {
            for count in [channels.len() as usize, 1] {
                let mut tensors = tensors(&activation, count);
                if let [_, Some(bias)] = &mut tensors[..] {
                    // Shared, where the other hyper-parameter is not.
                    bias.truncate(1);
                }
                let case = Case {
                    activation: &activation,
                    channels,
                    tensors,
                    inputs: &inputs,
                    grad_outputs: &grad_outputs[1..],
                    places: [
                        (Dtype::F32, offset),
                        (Dtype::F16, offset),
                        (Dtype::F32, 0),
                        (Dtype::F32, offset),
                    ],
                };
                case.check(&gpu);
            }
        }
    }
}
