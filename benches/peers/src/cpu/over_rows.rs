//! Rows that lie side by side.

use rayon::prelude::*;

use super::elementwise::sigmoid;
use super::operations::{Operation, each_part, each_part_of_two};

/// All of them, on rows of so many elements.
pub(super) fn operations(row: usize) -> [Operation; 5] {
    [
        softmax("softmax", row, 1.0),
        softmax("softmin", row, -1.0),
        Operation {
            name: "log_softmax",
            forward: Box::new(move |input, output| {
                each_part((output, row), (input, row), |output, input| {
                    let log = log_sum(input);
                    output.iter_mut().zip(input).for_each(|(y, x)| *y = x - log);
                });
            }),
            backward: Box::new(move |_, saved, grad_output, gradient| {
                let [saved, grad_output] = [saved, grad_output].map(|tensor| (tensor, row));
                each_part_of_two(
                    (gradient, row),
                    saved,
                    grad_output,
                    |gradient, saved, grad_output| {
                        let sum: f32 = grad_output.iter().sum();
                        for ((d, y), g) in gradient.iter_mut().zip(saved).zip(grad_output) {
                            *d = g - y.exp() * sum;
                        }
                    },
                );
            }),
        },
        glu(row),
        cross_entropy(row),
    ]
}

/// Of x times the sign.
fn softmax(name: &'static str, row: usize, sign: f32) -> Operation {
    Operation {
        name,
        forward: Box::new(move |input, output| {
            each_part((output, row), (input, row), |output, input| {
                let largest = input
                    .iter()
                    .fold(f32::NEG_INFINITY, |most, x| most.max(sign * x));
                let mut sum = 0.0;
                for (y, x) in output.iter_mut().zip(input) {
                    *y = (sign * x - largest).exp();
                    sum += *y;
                }
                output.iter_mut().for_each(|y| *y /= sum);
            });
        }),
        backward: Box::new(move |_, saved, grad_output, gradient| {
            let [saved, grad_output] = [saved, grad_output].map(|tensor| (tensor, row));
            each_part_of_two(
                (gradient, row),
                saved,
                grad_output,
                |gradient, saved, grad_output| {
                    let dot: f32 = saved.iter().zip(grad_output).map(|(y, g)| y * g).sum();
                    for ((d, y), g) in gradient.iter_mut().zip(saved).zip(grad_output) {
                        *d = sign * y * (g - dot);
                    }
                },
            );
        }),
    }
}

fn log_sum(row: &[f32]) -> f32 {
    let largest = row.iter().copied().fold(f32::NEG_INFINITY, f32::max);
    row.iter().map(|x| (x - largest).exp()).sum::<f32>().ln() + largest
}

/// The second half of each row is the gate.
fn glu(row: usize) -> Operation {
    let half = row / 2;
    Operation {
        name: "glu",
        forward: Box::new(move |input, output| {
            each_part((output, half), (input, row), |output, input| {
                let (values, gates) = input.split_at(half);
                for ((y, a), &b) in output.iter_mut().zip(values).zip(gates) {
                    *y = a * sigmoid(b);
                }
            });
        }),
        backward: Box::new(move |input, _, grad_output, gradient| {
            let (input, grad_output) = ((input, row), (grad_output, half));
            each_part_of_two(
                (gradient, row),
                input,
                grad_output,
                |gradient, input, grad_output| {
                    let (values, gates) = input.split_at(half);
                    let (to_values, to_gates) = gradient.split_at_mut(half);
                    let pairs = values.iter().zip(gates).zip(grad_output);
                    for (((a, &b), g), (da, db)) in pairs.zip(to_values.iter_mut().zip(to_gates)) {
                        let s = sigmoid(b);
                        *da = g * s;
                        *db = g * a * s * (1.0 - s);
                    }
                },
            );
        }),
    }
}

/// The mean over rows whose targets are all class 0.
fn cross_entropy(row: usize) -> Operation {
    Operation {
        name: "cross_entropy",
        forward: Box::new(move |input, output| {
            let sum: f32 = input.par_chunks(row).map(|row| log_sum(row) - row[0]).sum();
            output[0] = sum / (input.len() / row) as f32;
        }),
        backward: Box::new(move |input, _, grad_output, gradient| {
            let scale = grad_output[0] / (input.len() / row) as f32;
            each_part((gradient, row), (input, row), |gradient, input| {
                let log = log_sum(input);
                for (d, x) in gradient.iter_mut().zip(input) {
                    *d = scale * (x - log).exp();
                }
                gradient[0] -= scale;
            });
        }),
    }
}
