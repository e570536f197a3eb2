use rayon::prelude::*;

use super::VerifyError;
use super::oracle::Oracle;
use super::quick::{self, Quick};
use crate::dtype::Dtype;

/// Results that are judged by one thread at a time.
const SHARE: usize = 1 << 14;

/// Results that are judged together, and one by one only where they need a closer look.
const BLOCK: usize = 64;

/// What was found among some results: tallies of parts merge into that of the whole.
///
/// It is plain data, so that it can be kept and taken up again.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Tally {
    /// How many results were judged.
    pub inputs: u64,
    /// How many of them are the exact result correctly rounded; zero counts for one below 2⁻¹²⁶.
    pub correctly_rounded: u64,
    /// How many are NaN and should not be, or the other way round.
    pub nan_disagreements: u64,
    /// How many are infinite, or beyond the bound, and should not be, or the other way round.
    pub infinity_disagreements: u64,
    /// The largest error in ULP; NaN as soon as a result disagrees on NaN.
    pub max_ulp: f64,
    /// The first input with that error.
    pub worst_input: f32,
    /// The exact result there.
    pub expected: f64,
    /// The result there.
    pub actual: f32,
}

impl Tally {
    /// Judges `outputs[i]`, computed from `inputs[i]`, by `expected[i]`, in parallel.
    ///
    /// Subnormal inputs may have been taken for zero.
    pub fn add(
        &mut self,
        oracle: &Oracle,
        inputs: &[f32],
        expected: &[f64],
        outputs: &[f32],
    ) -> Result<(), VerifyError> {
        for (results, len) in [
            ("outputs", outputs.len()),
            ("expected results", expected.len()),
        ] {
            if len != inputs.len() {
                return Err(VerifyError::LengthMismatch {
                    inputs: inputs.len(),
                    results,
                    len,
                });
            }
        }
        // Starting from the worst so far, few results need a closer look.
        let start = self.without_counts();
        let shares = inputs
            .par_chunks(SHARE)
            .zip(expected.par_chunks(SHARE))
            .zip(outputs.par_chunks(SHARE));
        let found = shares
            .map(|((inputs, expected), outputs)| {
                let mut tally = start;
                tally.add_share(oracle, inputs, expected, outputs);
                tally
            })
            .reduce(|| start, Self::merge);
        *self = self.merge(found);
        Ok(())
    }

    /// The tally of these results and of `later` ones together.
    #[must_use]
    pub fn merge(self, later: Self) -> Self {
        let worst = if is_worse(later.max_ulp, self.max_ulp) {
            later
        } else {
            self
        };
        Self {
            inputs: self.inputs + later.inputs,
            correctly_rounded: self.correctly_rounded + later.correctly_rounded,
            nan_disagreements: self.nan_disagreements + later.nan_disagreements,
            infinity_disagreements: self.infinity_disagreements + later.infinity_disagreements,
            ..worst
        }
    }

    fn without_counts(self) -> Self {
        Self {
            inputs: 0,
            correctly_rounded: 0,
            nan_disagreements: 0,
            infinity_disagreements: 0,
            ..self
        }
    }

    fn add_share(&mut self, oracle: &Oracle, inputs: &[f32], expected: &[f64], outputs: &[f32]) {
        if oracle.dtypes()[1] != Dtype::F32 {
            return self.add_each(oracle, inputs, expected, outputs);
        }
        let blocks = inputs
            .chunks(BLOCK)
            .zip(expected.chunks(BLOCK))
            .zip(outputs.chunks(BLOCK));
        for ((inputs, expected), outputs) in blocks {
            if quick::are_settled(expected, outputs, self.max_ulp) {
                self.inputs += inputs.len() as u64;
                self.correctly_rounded += inputs.len() as u64;
                continue;
            }
            let quick = Quick::judge(inputs, expected, outputs);
            if quick.settles(self.max_ulp) {
                self.inputs += inputs.len() as u64;
                self.correctly_rounded += quick.correctly_rounded;
            } else {
                self.add_each(oracle, inputs, expected, outputs);
            }
        }
    }

    fn add_each(&mut self, oracle: &Oracle, inputs: &[f32], expected: &[f64], outputs: &[f32]) {
        for ((&input, &expected), &actual) in inputs.iter().zip(expected).zip(outputs) {
            self.add_one(oracle, input, expected, actual);
        }
    }

    fn add_one(&mut self, oracle: &Oracle, input: f32, expected: f64, actual: f32) {
        // What does not exceed the bound either changes nothing but the worst.
        let tolerated = self.max_ulp.min(oracle.bound());
        let verdict = oracle.verdict(input, expected, actual, tolerated);
        self.inputs += 1;
        self.correctly_rounded += u64::from(verdict.is_right);
        self.nan_disagreements += u64::from(verdict.error.is_nan());
        let should_be = oracle.rounds_to_infinity(verdict.expected);
        self.infinity_disagreements +=
            u64::from(actual.is_infinite() != should_be && verdict.error > oracle.bound());
        if is_worse(verdict.error, self.max_ulp) {
            self.max_ulp = verdict.error;
            (self.worst_input, self.expected, self.actual) = (input, verdict.expected, actual);
        }
    }
}

/// NaN (one of two results is NaN) is worse than any number.
pub(super) fn is_worse(error: f64, than: f64) -> bool {
    !than.is_nan() && (error.is_nan() || error > than)
}

#[cfg(test)]
mod tests;
