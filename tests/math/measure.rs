//! Measures the error of a function on the GPU.

use std::fmt;
use std::ops::RangeInclusive;

use wgpu_activations::reference::Reference;
use wgpu_activations::verify::{Direction, Oracle, Tally};
use wgpu_activations::{Activation, CustomActivation, Offload, Parameter};

use crate::functions::{Function, SHARE};
use crate::statement::{Statement, Unit};

/// The bit patterns that are computed at once.
const CHUNK: usize = 1 << 20;

/// Names of a function's values.
const NAMES: [&str; 2] = ["a", "b"];

/// The largest error that was found.
pub(crate) struct Worst {
    pub(crate) error: f64,
    at: f32,
    unit: Unit,
    inputs: usize,
}

impl fmt::Display for Worst {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.unit {
            Unit::Whole => write!(f, "2^{:.2}", self.error.log2())?,
            _ => write!(f, "{:.3} ULP", self.error)?,
        }
        write!(f, " at {:e} of {}", self.at, self.inputs)
    }
}

/// Measures a function with these values on every `stride`th f32 of its interval. `text` is its module's.
pub(crate) fn largest_error(
    gpu: &Offload,
    text: &str,
    function: &Function,
    stated: &Statement,
    values: &[f32],
    stride: usize,
) -> Worst {
    let activation = activation(text, function, stated.unit, values);
    let oracle = Oracle::new(&activation, Direction::Forward).expect("a reference");
    let mut worst = Worst {
        error: 0.0,
        at: 0.0,
        unit: stated.unit,
        inputs: 0,
    };
    let mut all = bit_patterns(&stated.inputs, stride).map(f32::from_bits);
    loop {
        let chunk: Vec<f32> = all.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            break;
        }
        let expected = oracle.expected(&chunk).into_iter();
        let (inputs, expected): (Vec<f32>, Vec<f64>) = chunk
            .into_iter()
            .zip(expected)
            .filter(|(_, expected)| stated.results.contains(&expected.abs()))
            .unzip();
        let outputs = gpu.forward(&activation, &inputs).expect("forward");
        let (error, at) = if stated.unit == Unit::Whole {
            let ones = vec![1.0; inputs.len()];
            let lesser = gpu.backward(&activation, &inputs, &ones).expect("backward");
            relative_error(&inputs, &expected, &outputs, &lesser)
        } else {
            let mut tally = Tally::default();
            tally
                .add(&oracle, &inputs, &expected, &outputs)
                .expect("as many outputs as inputs");
            (tally.max_ulp, tally.worst_input)
        };
        worst.inputs += inputs.len();
        if error.is_nan() || error > worst.error {
            (worst.error, worst.at) = (error, at);
        }
    }
    assert!(worst.inputs > 1000, "{}: no such results", function.name);
    worst
}

/// The function as an activation. The second of two parts is its derivative.
fn activation(text: &str, function: &Function, unit: Unit, values: &[f32]) -> Activation {
    let parameter = if values.is_empty() {
        ""
    } else {
        ", p: Parameters"
    };
    let wgsl = function.wgsl;
    let (first, second) = match unit {
        Unit::Whole => (format!("({wgsl}).x"), format!("({wgsl}).y")),
        _ => (wgsl.to_owned(), "x".to_owned()),
    };
    let wgsl = format!(
        "{text}{SHARE}{}\nfn forward(x: f32{parameter}) -> f32 {{ return {first}; }}\n\
         fn derivative(x: f32{parameter}) -> f32 {{ return {second}; }}",
        function.helper,
    );
    let mut reference = Reference::new(function.exact, |_, _| 1.0);
    assert_eq!(
        unit == Unit::UlpOfLargestTerm,
        function.largest_term.is_some()
    );
    if let Some(term) = function.largest_term {
        reference = reference.with_forward_largest_term(term);
    }
    let mut custom = CustomActivation::new("function", &wgsl).expect("a valid name");
    for (name, value) in NAMES.into_iter().zip(values) {
        let parameter = Parameter::new(name, f64::from(*value));
        custom = custom.with_parameter(parameter).expect("a finite value");
    }
    Activation::custom(custom.with_reference(reference))
}

/// The largest error of sums of two parts, and where it is.
fn relative_error(inputs: &[f32], expected: &[f64], hi: &[f32], lo: &[f32]) -> (f64, f32) {
    let mut worst = (0.0, 0.0);
    for ((input, expected), (hi, lo)) in inputs.iter().zip(expected).zip(hi.iter().zip(lo)) {
        let error = ((f64::from(*hi) - expected) + f64::from(*lo)).abs() / expected.abs();
        if error.is_nan() || error > worst.0 {
            worst = (error, *input);
        }
    }
    worst
}

/// Every `stride`th bit pattern of an interval, and its ends.
fn bit_patterns(interval: &RangeInclusive<f32>, stride: usize) -> impl Iterator<Item = u32> {
    let (low, high) = (*interval.start(), *interval.end());
    let sign = (-0.0_f32).to_bits();
    let positive = low.max(0.0).to_bits()..=high.max(0.0).to_bits();
    let negative = (-high).max(0.0).to_bits()..=(-low).max(0.0).to_bits();
    let negative = negative.step_by(stride).map(move |bits| bits | sign);
    let ends = [low.to_bits(), high.to_bits()];
    positive
        .step_by(stride)
        .chain(negative)
        .filter(move |&bits| (low..=high).contains(&f32::from_bits(bits)))
        .chain(ends)
}
