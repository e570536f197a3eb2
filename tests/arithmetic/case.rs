//! An activation in one direction and type: what is computed, for which inputs, with which exact results.

use std::{fmt, iter};

use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, Oracle, Report, Samples, Tally, Walk, ulp_error};
use wgpu_activations::{Activation, Dtype, Operation, wgsl};

use crate::common::guarded::{bits, value};
use crate::flatten::flatten;
use crate::inputs::inputs;
use crate::program::Program;

pub(crate) struct Case {
    pub(crate) oracle: Oracle,
    /// The WGSL that the program comes from.
    pub(crate) text: String,
    pub(crate) program: Program,
    /// What is the same for all elements: a grad_output of 1 and the hyper-parameters.
    pub(crate) uniforms: Vec<u32>,
    pub(crate) inputs: Vec<f32>,
    /// The inputs as elements of the type.
    pub(crate) elements: Vec<u32>,
    pub(crate) expected: Vec<f64>,
}

impl Case {
    /// f32 with a few inputs of every kind.
    pub(crate) fn sampled(
        activation: &Activation,
        direction: Direction,
        samples: &Samples,
    ) -> Self {
        Self::new(
            activation,
            direction,
            Dtype::F32,
            inputs(activation, samples),
        )
    }

    /// All inputs of a type of 16 bits.
    pub(crate) fn exhaustive(activation: &Activation, direction: Direction, dtype: Dtype) -> Self {
        let mut inputs = Vec::new();
        Walk::all(dtype).inputs(0..u64::MAX, &mut inputs);
        Self::new(activation, direction, dtype, inputs)
    }

    fn new(activation: &Activation, direction: Direction, dtype: Dtype, inputs: Vec<f32>) -> Self {
        let oracle = Oracle::new(activation, direction).expect("the catalogue has references");
        let oracle = oracle.with_dtypes(dtype, dtype);
        let text = element(activation, direction, dtype);
        let values = activation.members().map(f32::to_bits);
        Self {
            program: flatten(&text, "element"),
            uniforms: iter::once(bits(dtype, 1.0)).chain(values).collect(),
            elements: inputs.iter().map(|&x| bits(dtype, x)).collect(),
            expected: oracle.expected(&inputs),
            oracle,
            text,
            inputs,
        }
    }

    /// Judges the elements that came of the inputs. Where subnormals are `flushed`, a result as near to
    /// 2^-126 as its error may be zero.
    pub(crate) fn judge(&self, results: &[u32], flushed: bool) -> Report {
        let outputs = results.iter().zip(&self.expected);
        let outputs: Vec<_> = outputs
            .map(|(&bits, &expected)| match value(self.dtype(), bits) {
                0.0 if flushed && is_least(expected) => expected as f32,
                output => output,
            })
            .collect();
        let mut tally = Tally::default();
        tally
            .add(&self.oracle, &self.inputs, &self.expected, &outputs)
            .expect("each input has a result");
        self.oracle.report(&tally)
    }

    /// Where two ways to compute the results differ. Subnormals may be flushed by either.
    pub(crate) fn differences(&self, ours: &[u32], theirs: &[f32]) -> Vec<Difference> {
        let activation = self.oracle.activation();
        let reference = activation
            .reference()
            .expect("the catalogue has references");
        let term = match self.oracle.direction() {
            Direction::Forward => reference.forward_largest_term,
            Direction::Backward => reference.derivative_largest_term,
        };
        let parameters = activation.values_f64();
        let scale = |x: f32| term.map_or(0.0, |term| term(f64::from(x), &parameters).abs());
        let results = ours.iter().zip(theirs);
        let pairs = self.inputs.iter().zip(results);
        let found = pairs.filter_map(|(&input, (&ours, &theirs))| {
            let ours = value(self.dtype(), ours);
            // The least normal number may be a subnormal one that was rounded to 16 bits.
            let is_tiny = |y: f32| y.abs() <= f32::MIN_POSITIVE;
            let is_same = ours.to_bits() == theirs.to_bits() || ours.is_nan() && theirs.is_nan();
            if is_same || input.is_subnormal() || is_tiny(ours) && is_tiny(theirs) {
                return None;
            }
            let ulp = ulp_error(self.dtype(), theirs, f64::from(ours), scale(input));
            Some(Difference {
                input,
                ours,
                theirs,
                ulp,
            })
        });
        found.collect()
    }

    pub(crate) fn dtype(&self) -> Dtype {
        self.oracle.dtypes()[1]
    }
}

impl fmt::Display for Case {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let activation = self.oracle.activation();
        let (name, values) = (activation.name(), activation.values());
        let direction = self.oracle.direction();
        write!(f, "{name} {values:?} {direction} in {}", self.dtype())
    }
}

/// Two results of one input.
pub(crate) struct Difference {
    input: f32,
    ours: f32,
    theirs: f32,
    pub(crate) ulp: f64,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            input,
            ours,
            theirs,
            ulp,
        } = self;
        write!(
            f,
            "{ours:e} instead of {theirs:e} at x = {input:e}, {ulp} ULP off"
        )
    }
}

/// Whether a result may be below 2^-126 if it is off by 4 ULP.
fn is_least(expected: f64) -> bool {
    let least = f64::from(f32::MIN_POSITIVE);
    (least..=least * (1.0 + 4.0 * f64::from(f32::EPSILON))).contains(&expected.abs())
}

/// The kernel's WGSL with a function `element` of the bits of an input and a grad_output, which does what
/// the kernel does between a load and a store.
fn element(activation: &Activation, direction: Direction, dtype: Dtype) -> String {
    let (operation, function, product) = match direction {
        Direction::Forward => (Operation::Forward, "evaluate", ""),
        Direction::Backward => (
            Operation::Backward,
            "differentiate",
            "* decode(grad_output)",
        ),
    };
    let (decode, encode) = match dtype {
        Dtype::F32 => ("bitcast<f32>".to_owned(), "bitcast<u32>".to_owned()),
        _ => (format!("{dtype}_decode"), format!("{dtype}_encode")),
    };
    let kernel = wgsl(activation, operation, dtype).expect("its modules exist");
    format!(
        "{kernel}
fn decode(bits: u32) -> f32 {{
    return {decode}(bits);
}}

fn element(input: u32, grad_output: u32) -> u32 {{
    return {encode}({function}(decode(input)) {product});
}}
"
    )
}

/// All activations with default and unusual hyper-parameters.
pub(crate) fn variants() -> impl Iterator<Item = Activation> {
    catalogue().flat_map(Activation::variants)
}

pub(crate) fn in_both_directions(
    activations: impl IntoIterator<Item = Activation>,
) -> impl Iterator<Item = (Activation, Direction)> {
    let pairs = |activation: Activation| Direction::ALL.map(|way| (activation.clone(), way));
    activations.into_iter().flat_map(pairs)
}
