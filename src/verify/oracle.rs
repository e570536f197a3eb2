use rayon::prelude::*;

use super::VerifyError;
use super::report::{Direction, Report};
use super::tally::Tally;
use super::ulp::{bound_of, is_correctly_rounded, round_to, ulp_error};
use crate::activation::Activation;
use crate::dtype::Dtype;
use crate::shader::hash;

/// The distance of the bit patterns by which references are told apart: odd, so that all bits vary.
const FINGERPRINT_STRIDE: u32 = 65_537;

/// What an activation's results in one direction should be, by its f64 reference.
///
/// Evaluating the reference is what a verification spends its time on, so the expected results can be
/// held against those of any number of subjects, each with a [`Tally`] of its own:
///
/// ```
/// use wgpu_activations::Activation;
/// use wgpu_activations::verify::{Direction, Oracle, Tally};
///
/// let oracle = Oracle::new(&Activation::relu(), Direction::Forward)?;
/// let inputs = [-1.0, 0.5, 3.0];
/// let expected = oracle.expected(&inputs);
/// let (mut right, mut wrong) = (Tally::default(), Tally::default());
/// right.add(&oracle, &inputs, &expected, &[0.0, 0.5, 3.0])?;
/// wrong.add(&oracle, &inputs, &expected, &[0.0, 0.5, 2.0])?;
/// assert!(oracle.report(&right).passed());
/// assert_eq!(oracle.report(&wrong).worst_input, 3.0);
/// # Ok::<(), wgpu_activations::verify::VerifyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct Oracle {
    activation: Activation,
    parameters: Vec<f64>,
    direction: Direction,
    input_dtype: Dtype,
    output_dtype: Dtype,
    function: fn(f64, &[f64]) -> f64,
    largest_term: Option<fn(f64, &[f64]) -> f64>,
    /// What 0 and −0 give: adapters may take subnormal inputs for them.
    at_zero: [f64; 2],
}

/// One result, judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Verdict {
    pub(super) expected: f64,
    pub(super) error: f64,
    pub(super) is_right: bool,
}

impl Oracle {
    /// The oracle for tensors of f32.
    ///
    /// For the backward direction results are gradients for a grad_output of 1.
    pub fn new(activation: &Activation, direction: Direction) -> Result<Self, VerifyError> {
        let reference = activation
            .reference()
            .ok_or_else(|| VerifyError::no_reference(activation))?;
        let (function, largest_term) = match direction {
            Direction::Forward => (reference.forward, reference.forward_largest_term),
            Direction::Backward => (reference.derivative, reference.derivative_largest_term),
        };
        let parameters = activation.values_f64();
        Ok(Self {
            at_zero: [0.0, -0.0].map(|zero| function(zero, &parameters)),
            activation: activation.clone(),
            parameters,
            direction,
            input_dtype: Dtype::F32,
            output_dtype: Dtype::F32,
            function,
            largest_term,
        })
    }

    /// The oracle for tensors of other types. Inputs and outputs are handed over as f32, which holds
    /// the values of all types.
    #[must_use]
    pub fn with_dtypes(self, input: Dtype, output: Dtype) -> Self {
        Self {
            input_dtype: input,
            output_dtype: output,
            ..self
        }
    }

    /// Whose results.
    pub fn activation(&self) -> &Activation {
        &self.activation
    }

    /// Which way it is run.
    pub fn direction(&self) -> Direction {
        self.direction
    }

    /// The types of inputs and outputs.
    pub fn dtypes(&self) -> [Dtype; 2] {
        [self.input_dtype, self.output_dtype]
    }

    /// The exact results, in parallel.
    pub fn expected(&self, inputs: &[f32]) -> Vec<f64> {
        let mut expected = Vec::new();
        self.expected_into(inputs, &mut expected);
        expected
    }

    /// The exact results, in parallel, in place of what `expected` held.
    pub fn expected_into(&self, inputs: &[f32], expected: &mut Vec<f64>) {
        let exact = |&input: &f32| self.exact(f64::from(input));
        inputs.par_iter().map(exact).collect_into_vec(expected);
    }

    fn exact(&self, x: f64) -> f64 {
        if x.is_nan() {
            x
        } else {
            (self.function)(x, &self.parameters)
        }
    }

    /// Judges all results at once.
    pub fn judge(&self, inputs: &[f32], outputs: &[f32]) -> Result<Report, VerifyError> {
        let mut tally = Tally::default();
        tally.add(self, inputs, &self.expected(inputs), outputs)?;
        Ok(self.report(&tally))
    }

    /// What a tally amounts to.
    pub fn report(&self, tally: &Tally) -> Report {
        let names = self
            .activation
            .parameters()
            .iter()
            .map(|p| p.name.to_owned());
        let values = self.activation.values().iter().copied();
        Report {
            activation: self.activation.name().to_owned(),
            parameters: names.zip(values).collect(),
            direction: self.direction,
            input_dtype: self.input_dtype,
            output_dtype: self.output_dtype,
            inputs: tally.inputs,
            correctly_rounded: tally.correctly_rounded,
            max_ulp: tally.max_ulp,
            worst_input: tally.worst_input,
            expected: tally.expected,
            actual: tally.actual,
            nan_disagreements: tally.nan_disagreements,
            infinity_disagreements: tally.infinity_disagreements,
            largest_term: self.largest_term().is_some(),
            bound: self.bound(),
        }
    }

    /// Changes where the reference's results over all magnitudes change, or what its errors are counted
    /// in: tallies from before do not go with those from after.
    pub fn fingerprint(&self) -> u64 {
        let inputs: Vec<f32> = (0..=u16::MAX)
            .map(|index| f32::from_bits(u32::from(index) * FINGERPRINT_STRIDE))
            .collect();
        let terms = inputs.iter().map(|&x| {
            let term = self.largest_term().filter(|_| x.is_finite());
            term.map_or(0.0, |term| term(x.into(), &self.parameters))
        });
        let values = self.expected(&inputs).into_iter().chain(terms);
        hash(values.flat_map(|y| y.to_bits().to_le_bytes()))
    }

    /// The term that may cancel: from 16 bits to 16 bits it needs no allowance, because results do not come
    /// so near to zero.
    fn largest_term(&self) -> Option<fn(f64, &[f64]) -> f64> {
        self.largest_term
            .filter(|_| self.input_dtype == Dtype::F32 || self.output_dtype == Dtype::F32)
    }

    /// The magnitude at which ULP are taken where a term is so large: where results of 16 bits come from
    /// inputs of f32, the one of which half a ULP is 4 ULP of f32 of that term.
    fn scale(&self, term: f64) -> f64 {
        let share = match self.output_dtype {
            Dtype::F32 => 1.0,
            Dtype::F16 => 2.0_f64.powi(-10),
            Dtype::Bf16 => 2.0_f64.powi(-13),
        };
        term.abs() * share
    }

    /// How far results may be off.
    pub(super) fn bound(&self) -> f64 {
        bound_of(self.output_dtype, self.activation.bound())
    }

    /// Whether the type has no finite number near that.
    pub(super) fn rounds_to_infinity(&self, expected: f64) -> bool {
        round_to(self.output_dtype, expected).is_infinite()
    }

    /// Judges one result. An error of `tolerated` or less may come out larger than it is, up to that:
    /// the largest term is evaluated only where it matters.
    pub(super) fn verdict(
        &self,
        input: f32,
        expected: f64,
        actual: f32,
        tolerated: f64,
    ) -> Verdict {
        let verdict = self.verdict_at(f64::from(input), expected, actual, tolerated);
        if !input.is_subnormal() || verdict.error == 0.0 {
            return verdict;
        }
        let zero = 0.0_f64.copysign(f64::from(input));
        let at_zero = self.at_zero[usize::from(input.is_sign_negative())];
        let flushed = self.verdict_at(zero, at_zero, actual, tolerated);
        let is_right = verdict.is_right || flushed.is_right;
        let better = if flushed.error < verdict.error {
            flushed
        } else {
            verdict
        };
        Verdict { is_right, ..better }
    }

    fn verdict_at(&self, x: f64, expected: f64, actual: f32, tolerated: f64) -> Verdict {
        let dtype = self.output_dtype;
        let mut error = ulp_error(dtype, actual, expected, 0.0);
        if let Some(term) = self.largest_term()
            && error > tolerated
            && x.is_finite()
        {
            let scale = self.scale(term(x, &self.parameters));
            error = ulp_error(dtype, actual, expected, scale);
        }
        Verdict {
            expected,
            error,
            is_right: is_correctly_rounded(dtype, actual, expected),
        }
    }
}

#[cfg(test)]
mod tests;
