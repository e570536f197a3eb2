//! Softmax with mean squared error on three nodes, whose gradient is derived by hand in textbooks:
//!
//! σᵢ = e^zᵢ / Σ e^zⱼ,  L = ½ Σ (σⱼ − yⱼ)²,  ∂L/∂zᵢ = Σⱼ (σⱼ − yⱼ) · σⱼ (δᵢⱼ − σᵢ)
//!
//! The GPU computes σ and pulls σ − y back through the softmax. Both are held against the derivation in
//! f64, and that against a finite difference of the loss.

use std::error::Error;
use std::process::ExitCode;

use wgpu_activations::{Offload, RowActivation, Rows};

const LOGITS: [f32; 3] = [2.0, 1.0, 0.1];
const TARGET: [f32; 3] = [1.0, 0.0, 0.0];

/// What the GPU may be off by, relative to the result: 2 ULP of f32 forward, and backward, where terms of
/// both signs are added, 4 ULP of the largest.
const FORWARD: f64 = 2.0 / (1 << 23) as f64;
const BACKWARD: f64 = 4.0 / (1 << 23) as f64;

/// Step of the finite difference, and what it may be off by: its own error and that of rounding.
const STEP: f64 = 1e-5;
const DIFFERENCE: f64 = 1e-9;

fn main() -> ExitCode {
    let results = match Results::compute() {
        Ok(results) => results,
        Err(error) => {
            eprintln!("error: {error}");
            return ExitCode::FAILURE;
        }
    };
    println!("node     z   y  softmax   by hand   dL/dz       by hand     difference");
    for node in 0..3 {
        println!(
            "{node:4}  {:4.1}  {:2}  {:.6}  {:.6}  {:+.8} {:+.8} {:+.8}",
            LOGITS[node],
            TARGET[node],
            results.softmax[node],
            results.exact.softmax[node],
            results.gradient[node],
            results.exact.gradient[node],
            results.difference[node],
        );
    }
    println!("loss {:.8}", loss(&LOGITS.map(f64::from)));
    match results.check() {
        Ok(()) => {
            println!("The GPU, the derivation and the finite difference agree.");
            ExitCode::SUCCESS
        }
        Err(message) => {
            eprintln!("error: {message}");
            ExitCode::FAILURE
        }
    }
}

struct Results {
    softmax: Vec<f32>,
    gradient: Vec<f32>,
    exact: Exact,
    difference: [f64; 3],
}

struct Exact {
    softmax: [f64; 3],
    gradient: [f64; 3],
}

impl Results {
    fn compute() -> Result<Self, Box<dyn Error>> {
        let gpu = Offload::new()?;
        let nodes = Rows::along(&[3], 0)?;
        let softmax = gpu.forward_rows(&RowActivation::softmax(), &nodes, &LOGITS)?;
        let grad_output: Vec<f32> = softmax.iter().zip(TARGET).map(|(s, y)| s - y).collect();
        let gradient =
            gpu.backward_rows(&RowActivation::softmax(), &nodes, &softmax, &grad_output)?;
        let logits = LOGITS.map(f64::from);
        let difference = [0, 1, 2].map(|node| {
            let at = |step| {
                let mut moved = logits;
                moved[node] += step;
                loss(&moved)
            };
            (at(STEP) - at(-STEP)) / (2.0 * STEP)
        });
        Ok(Self {
            softmax,
            gradient,
            exact: Exact::new(&logits),
            difference,
        })
    }

    fn check(&self) -> Result<(), String> {
        // Each gradient is a sum of terms as large as this.
        let errors = self.exact.softmax.iter().zip(TARGET);
        let largest = errors
            .map(|(s, y)| ((s - f64::from(y)) * s).abs())
            .fold(0.0, f64::max);
        for node in 0..3 {
            let softmax = self.exact.softmax[node];
            let gradient = self.exact.gradient[node];
            within(
                "softmax",
                node,
                self.softmax[node].into(),
                softmax,
                FORWARD * softmax,
            )?;
            within(
                "dL/dz",
                node,
                self.gradient[node].into(),
                gradient,
                BACKWARD * largest,
            )?;
            within(
                "the difference",
                node,
                self.difference[node],
                gradient,
                DIFFERENCE,
            )?;
        }
        Ok(())
    }
}

fn within(name: &str, node: usize, actual: f64, expected: f64, bound: f64) -> Result<(), String> {
    // NaN is not within anything.
    if (actual - expected).abs() <= bound {
        Ok(())
    } else {
        Err(format!(
            "{name} of node {node} is {actual}, not {expected} within {bound:e}"
        ))
    }
}

impl Exact {
    /// By the derivation above.
    fn new(z: &[f64; 3]) -> Self {
        let softmax = softmax(z);
        let gradient = [0, 1, 2].map(|i| {
            let term = |j: usize| {
                let delta = if i == j { 1.0 } else { 0.0 };
                (softmax[j] - f64::from(TARGET[j])) * softmax[j] * (delta - softmax[i])
            };
            (0..3).map(term).sum()
        });
        Self { softmax, gradient }
    }
}

fn softmax(z: &[f64; 3]) -> [f64; 3] {
    let sum: f64 = z.iter().map(|z| z.exp()).sum();
    z.map(|z| z.exp() / sum)
}

fn loss(z: &[f64; 3]) -> f64 {
    let errors = softmax(z).into_iter().zip(TARGET);
    errors.map(|(s, y)| (s - f64::from(y)).powi(2) / 2.0).sum()
}

#[cfg(test)]
mod tests {
    use super::*;

    /// z = (ln 2, 0, 0): σ = (1/2, 1/4, 1/4), and ∂L/∂z by hand.
    #[test]
    fn the_derivation_gives_what_fractions_give() {
        let exact = Exact::new(&[2.0_f64.ln(), 0.0, 0.0]);
        // (σ − y) σ = (−1/4, 1/16, 1/16), whose sum is −1/8.
        for (gradient, expected) in exact
            .gradient
            .iter()
            .zip([-3.0 / 16.0, 3.0 / 32.0, 3.0 / 32.0])
        {
            assert!((gradient - expected).abs() < 1e-15, "{gradient} {expected}");
        }
    }

    #[test]
    fn all_three_agree() {
        Results::compute()
            .expect("an adapter")
            .check()
            .expect("agreement");
    }
}
