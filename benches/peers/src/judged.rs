//! One contestant's results, judged.

use rayon::prelude::*;
use wgpu_activations::Dtype;
use wgpu_activations::verify::{Direction, Oracle, Tally, ulp_error};

use crate::Error;

/// Finite inputs, infinities and NaN apart: that PyTorch's ReLU has a gradient of 1 at NaN should not
/// hide that it is right everywhere else.
pub(crate) struct Judged {
    /// In ULP: what this library holds for every activation.
    bound: f64,
    pub finite: Tally,
    infinite: Tally,
    nan: Tally,
    /// Results at finite inputs beyond that bound; subnormal inputs are left out, which may be flushed.
    pub beyond_bound: u64,
}

impl Judged {
    pub(crate) fn new(dtype: Dtype) -> Self {
        Self {
            bound: if dtype == Dtype::F32 { 4.0 } else { 1.0 },
            finite: Tally::default(),
            infinite: Tally::default(),
            nan: Tally::default(),
            beyond_bound: 0,
        }
    }

    /// Whether NaN gives NaN.
    pub(crate) fn keeps_nan(&self) -> bool {
        self.nan.nan_disagreements == 0
    }

    /// Whether ±∞ gives the limit.
    pub(crate) fn keeps_limits(&self, oracle: &Oracle) -> bool {
        let report = oracle.report(&self.infinite);
        report.nan_disagreements == 0
            && report.infinity_disagreements == 0
            && report.max_ulp <= self.bound
    }

    /// Judges results whose inputs consist of these runs.
    pub(crate) fn add(
        &mut self,
        oracle: &Oracle,
        runs: &[Run],
        inputs: &[f32],
        expected: &[f64],
        outputs: &[f32],
    ) -> Result<(), Error> {
        let mut start = 0;
        for run in runs {
            let range = start..start + run.len;
            start = range.end;
            let (inputs, expected) = (&inputs[range.clone()], &expected[range.clone()]);
            let outputs = &outputs[range];
            match run.kind {
                Kind::Finite => {
                    self.finite.add(oracle, inputs, expected, outputs)?;
                    // Until the first result beyond the bound there are none to count.
                    if self.finite.max_ulp.is_nan() || self.finite.max_ulp > self.bound {
                        self.beyond_bound += beyond(oracle, self.bound, inputs, expected, outputs);
                    }
                }
                Kind::Nan => self.nan.add(oracle, inputs, expected, outputs)?,
                Kind::Infinite => self.infinite.add(oracle, inputs, expected, outputs)?,
            }
        }
        Ok(())
    }
}

/// Inputs in a row that are judged alike.
pub(crate) struct Run {
    kind: Kind,
    len: usize,
}

#[derive(Clone, Copy, PartialEq)]
enum Kind {
    Finite,
    Infinite,
    Nan,
}

impl Kind {
    fn of(input: f32) -> Self {
        match input {
            input if input.is_nan() => Self::Nan,
            input if input.is_infinite() => Self::Infinite,
            _ => Self::Finite,
        }
    }
}

/// The runs of inputs of one kind.
pub(crate) fn runs(inputs: &[f32]) -> Vec<Run> {
    let same = inputs.chunk_by(|&a, &b| Kind::of(a) == Kind::of(b));
    let run = |inputs: &[f32]| {
        Some(Run {
            kind: Kind::of(*inputs.first()?),
            len: inputs.len(),
        })
    };
    same.filter_map(run).collect()
}

fn beyond(oracle: &Oracle, bound: f64, inputs: &[f32], expected: &[f64], outputs: &[f32]) -> u64 {
    let activation = oracle.activation();
    let parameters = activation.values_f64();
    let [_, dtype] = oracle.dtypes();
    // In 16 bits what cancels needs no allowance.
    let reference = activation.reference().filter(|_| dtype == Dtype::F32);
    let term = reference.and_then(|reference| match oracle.direction() {
        Direction::Forward => reference.forward_largest_term,
        Direction::Backward => reference.derivative_largest_term,
    });
    let is_within = |input: f32, expected: f64, actual: f32| {
        let within = |scale| ulp_error(dtype, actual, expected, scale) <= bound;
        within(0.0) || term.is_some_and(|term| within(term(input.into(), &parameters).abs()))
    };
    let cases = inputs
        .par_iter()
        .zip(expected)
        .zip(outputs)
        .with_min_len(1 << 14);
    let beyond = cases.filter(|((input, expected), actual)| {
        // Most are right.
        **actual != **expected as f32
            && !input.is_subnormal()
            && !is_within(**input, **expected, **actual)
    });
    beyond.count() as u64
}

#[cfg(test)]
mod tests {
    use super::*;
    use wgpu_activations::Activation;

    fn judge(cases: &[(f32, f32)]) -> (Oracle, Judged) {
        let oracle = Oracle::new(&Activation::silu(), Direction::Backward).unwrap();
        let (inputs, outputs): (Vec<_>, Vec<_>) = cases.iter().copied().unzip();
        let mut judged = Judged::new(Dtype::F32);
        judged
            .add(
                &oracle,
                &runs(&inputs),
                &inputs,
                &oracle.expected(&inputs),
                &outputs,
            )
            .unwrap();
        (oracle, judged)
    }

    #[test]
    fn kinds_of_inputs_are_judged_apart() {
        let right = [(0.0, 0.5), (f32::INFINITY, 1.0), (f32::NAN, f32::NAN)];
        let (oracle, judged) = judge(&right);
        assert!(judged.keeps_nan() && judged.keeps_limits(&oracle));
        assert_eq!((judged.finite.inputs, judged.finite.max_ulp), (1, 0.0));

        let (oracle, judged) = judge(&[(f32::NAN, 1.0), (0.0, 0.5), (f32::INFINITY, f32::NAN)]);
        assert!(!judged.keeps_nan() && !judged.keeps_limits(&oracle));
        assert_eq!((judged.finite.inputs, judged.finite.max_ulp), (1, 0.0));
        let (oracle, judged) = judge(&[(f32::NEG_INFINITY, 1.0)]);
        assert!(!judged.keeps_limits(&oracle));
    }

    #[test]
    fn results_beyond_the_bound_are_counted() {
        // The zero of the derivative, where only the largest term's ULP is fair; a wrong result; a
        // flushed input with a result that would be wrong otherwise.
        let cases = [
            (-1.278_464_5, 1e-8),
            (0.0, 0.6),
            (1e-40, 0.6),
            (1.0, f32::NAN),
        ];
        let (_, judged) = judge(&cases);
        assert_eq!(judged.beyond_bound, 2);
    }
}
