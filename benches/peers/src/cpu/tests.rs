use wgpu_activations::activation::Activation;
use wgpu_activations::reference::{cross_entropy, gated, rows};
use wgpu_activations::{CrossEntropy, GatedActivation, RowActivation};

use super::operations::{Operation, operations};

const ROW: usize = 4;
const ROWS: usize = 2;
const INPUT: [f32; 8] = [-3.5, -0.75, 0.25, 1.5, 0.125, -1.25, 6.5, -0.3];
const GRAD_OUTPUT: [f32; 8] = [1.0, 0.5, -1.0, 2.0, 1.0, 0.0, -0.25, 3.0];

fn run(operation: &Operation) -> [Vec<f32>; 2] {
    let (mut output, mut gradient) = (vec![0.0; 8], vec![0.0; 8]);
    (operation.forward)(&INPUT, &mut output);
    (operation.backward)(&INPUT, &output, &GRAD_OUTPUT, &mut gradient);
    [output, gradient]
}

/// By the library's reference in f64.
fn expected(name: &str) -> [Vec<f64>; 2] {
    let input = INPUT.map(f64::from);
    let grad_output = GRAD_OUTPUT.map(f64::from);
    let by_row = || input.chunks(ROW).zip(grad_output.chunks(ROW));
    let values = |pairs: Vec<(f64, f64)>| pairs.into_iter().map(|(value, _)| value);
    if name == "cross_entropy" {
        let loss = CrossEntropy::default();
        let losses = input
            .chunks(ROW)
            .map(|row| cross_entropy::forward(&loss, row, 0));
        let gradients = input
            .chunks(ROW)
            .flat_map(|row| values(cross_entropy::backward(&loss, row, 0)));
        let scale = grad_output[0] / ROWS as f64;
        return [
            vec![losses.sum::<f64>() / ROWS as f64],
            gradients.map(|gradient| gradient * scale).collect(),
        ];
    }
    if let Ok(activation) = RowActivation::named(name) {
        let output: Vec<_> = input
            .chunks(ROW)
            .flat_map(|row| rows::forward(&activation, row))
            .collect();
        let gradients = output.chunks(ROW).zip(grad_output.chunks(ROW));
        let gradients = gradients
            .flat_map(|(y, g)| values(rows::backward(&activation, y, g)))
            .collect();
        return [output, gradients];
    }
    if let Ok(glu) = GatedActivation::named(name) {
        let mut output = Vec::new();
        let mut gradients = Vec::new();
        for ((row, _), g) in by_row().zip(grad_output.chunks(ROW / 2)) {
            let (a, b) = row.split_at(ROW / 2);
            let pairs = || a.iter().zip(b);
            output.extend(pairs().map(|(&a, &b)| gated::forward(&glu, a, b).unwrap().value));
            let of = pairs()
                .zip(g)
                .map(|((&a, &b), &g)| gated::backward(&glu, a, b, g).unwrap());
            let of: Vec<_> = of.collect();
            gradients.extend(of.iter().map(|gradients| gradients.grad_a.value));
            gradients.extend(of.iter().map(|gradients| gradients.grad_b.value));
        }
        return [output, gradients];
    }
    let activation = Activation::named(name).unwrap();
    let (reference, p) = (activation.reference().unwrap(), activation.values_f64());
    [
        input.iter().map(|&x| reference.forward_at(x, &p)).collect(),
        input
            .iter()
            .zip(&grad_output)
            .map(|(&x, g)| g * reference.derivative_at(x, &p))
            .collect(),
    ]
}

#[test]
fn every_operation_computes_what_the_reference_does() {
    for operation in operations(ROW) {
        let results = run(&operation);
        let expected = expected(operation.name);
        for (direction, (results, expected)) in ["forward", "backward"]
            .iter()
            .zip(results.iter().zip(&expected))
        {
            // Of results that are smaller than the tensor the rest is not written.
            for (index, (&result, &expected)) in results.iter().zip(expected).enumerate() {
                let difference = (f64::from(result) - expected).abs();
                assert!(
                    difference <= 3e-6 * expected.abs().max(1.0),
                    "{} {direction} of element {index}: {result} instead of {expected}",
                    operation.name
                );
            }
        }
    }
}

/// Of whom one has more than the standard library's loop, the others have as much.
#[test]
fn peers_time_the_same_operations() {
    let burn = include_str!("../../burn/src/operations.rs");
    let pytorch = include_str!("../../pytorch_speed.py");
    let missing: Vec<_> = operations(ROW)
        .iter()
        .map(|operation| operation.name)
        .filter(|name| {
            !burn.contains(&format!("row(\"{name}\""))
                || !pytorch.contains(&format!("\"{name}\": lambda"))
        })
        .collect();
    assert!(missing.is_empty(), "not timed by all: {missing:?}");
}
