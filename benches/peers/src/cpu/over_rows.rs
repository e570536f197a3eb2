//! Rows that lie side by side.

use rayon::prelude::*;

use super::elementwise::sigmoid;
use super::operations::Operation;

/// All of them, on rows of so many elements.
pub(super) fn operations(row: usize) -> [Operation; 5] {
    [
        softmax("softmax", row, 1.0),
        softmax("softmin", row, -1.0),
        Operation {
            name: "log_softmax",
            forward: Box::new(move |input, output| {
                let rows = output.par_chunks_mut(row).zip(input.par_chunks(row));
                rows.for_each(|(output, input)| {
                    let log = log_sum(input);
                    output.iter_mut().zip(input).for_each(|(y, x)| *y = x - log);
                });
            }),
            backward: Box::new(move |_, saved, grad_output, gradient| {
                let rows = gradient.par_chunks_mut(row);
                let rows = rows
                    .zip(saved.par_chunks(row))
                    .zip(grad_output.par_chunks(row));
                rows.for_each(|((gradient, saved), grad_output)| {
                    let sum: f32 = grad_output.iter().sum();
                    for ((d, y), g) in gradient.iter_mut().zip(saved).zip(grad_output) {
                        *d = g - y.exp() * sum;
                    }
                });
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
            let rows = output.par_chunks_mut(row).zip(input.par_chunks(row));
            rows.for_each(|(output, input)| {
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
            let rows = gradient.par_chunks_mut(row);
            let rows = rows
                .zip(saved.par_chunks(row))
                .zip(grad_output.par_chunks(row));
            rows.for_each(|((gradient, saved), grad_output)| {
                let dot: f32 = saved.iter().zip(grad_output).map(|(y, g)| y * g).sum();
                for ((d, y), g) in gradient.iter_mut().zip(saved).zip(grad_output) {
                    *d = sign * y * (g - dot);
                }
            });
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
            let rows = output.par_chunks_mut(half).zip(input.par_chunks(row));
            rows.for_each(|(output, input)| {
                let (values, gates) = input.split_at(half);
                for ((y, a), &b) in output.iter_mut().zip(values).zip(gates) {
                    *y = a * sigmoid(b);
                }
            });
        }),
        backward: Box::new(move |input, _, grad_output, gradient| {
            let rows = gradient.par_chunks_mut(row);
            let rows = rows
                .zip(input.par_chunks(row))
                .zip(grad_output.par_chunks(half));
            rows.for_each(|((gradient, input), grad_output)| {
                let (values, gates) = input.split_at(half);
                let (to_values, to_gates) = gradient.split_at_mut(half);
                let pairs = values.iter().zip(gates).zip(grad_output);
                for (((a, &b), g), (da, db)) in pairs.zip(to_values.iter_mut().zip(to_gates)) {
                    let s = sigmoid(b);
                    *da = g * s;
                    *db = g * a * s * (1.0 - s);
                }
            });
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
            let rows = gradient.par_chunks_mut(row).zip(input.par_chunks(row));
            rows.for_each(|(gradient, input)| {
                let log = log_sum(input);
                for (d, x) in gradient.iter_mut().zip(input) {
                    *d = scale * (x - log).exp();
                }
                gradient[0] -= scale;
            });
        }),
    }
}
