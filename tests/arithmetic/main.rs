//! Whether results stay within the bound on hardware that computes otherwise than the adapters at hand:
//! that fuses products with sums, divides by estimates, flushes subnormals, or compiles as if
//! floating-point numbers were real ones. The shaders' functions are interpreted under each such
//! arithmetic and held against the f64 reference.

mod arithmetic;
mod checks;
#[path = "../common/mod.rs"]
mod common;
mod contraction;
mod flatten;
mod machine;
mod program;
mod random;
mod reassociation;
mod source;
mod table;

use std::f64::consts::FRAC_PI_2;
use std::iter;

use arithmetic::Arithmetic;
use common::gpu;
use flatten::flatten;
use machine::Machine;
use program::Program;
use random::Random;
use source::source;
use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, Samples};

const FEW: Samples = Samples {
    spaced: 1 << 11,
    random: 1 << 12,
    seed: 0,
};

fn program(activation: &Activation, direction: Direction) -> Program {
    let name = match direction {
        Direction::Forward => "forward",
        Direction::Backward => "derivative",
    };
    flatten(&source(activation), name)
}

/// Inputs without NaN, which goes around the functions, and with multiples of pi / 2, near which little
/// is left of an angle.
fn inputs(activation: &Activation, samples: &Samples) -> Vec<f32> {
    let mut inputs = samples.inputs(activation);
    inputs.retain(|x| !x.is_nan());
    inputs.extend(
        (1..2000)
            .step_by(7)
            .map(|k| (f64::from(k) * FRAC_PI_2) as f32),
    );
    // The f32 that is nearest to a multiple.
    inputs.push(7.729_179e28);
    inputs
}

/// All activations with default and unusual hyper-parameters, in both directions.
fn cases() -> impl Iterator<Item = (Activation, Direction)> {
    in_both_directions(variants())
}

fn variants() -> impl Iterator<Item = Activation> {
    catalogue().flat_map(Activation::variants)
}

fn in_both_directions(
    activations: impl IntoIterator<Item = Activation>,
) -> impl Iterator<Item = (Activation, Direction)> {
    activations
        .into_iter()
        .flat_map(|activation| iter::repeat(activation).zip(Direction::ALL))
}

fn all_hold(activations: impl IntoIterator<Item = Activation>, arithmetics: &[Arithmetic]) {
    let mut missed = Vec::new();
    for (activation, direction) in in_both_directions(activations) {
        let program = program(&activation, direction);
        let inputs = inputs(&activation, &FEW);
        for arithmetic in arithmetics {
            let report = arithmetic.measure((&activation, direction), &program, &inputs);
            if !report.passed() {
                missed.push(format!("{}: {report}", arithmetic.name));
            }
        }
    }
    let count = missed.len();
    assert_eq!(count, 0, "{count} miss the bound:\n{}", missed.join("\n"));
}

#[test]
fn results_hold_without_subnormals() {
    all_hold(variants(), &Arithmetic::plain());
}

#[test]
fn results_hold_with_fused_products() {
    all_hold(variants(), &Arithmetic::contracted());
}

#[test]
fn results_hold_with_estimated_quotients() {
    all_hold(variants(), &Arithmetic::divided());
}

#[test]
fn results_hold_in_any_order() {
    all_hold(variants(), &Arithmetic::reassociated());
}

#[test]
fn results_hold_with_everything_together() {
    all_hold(variants(), &Arithmetic::together());
}

/// Hyper-parameters beside the variants: 0, and magnitudes from 2^-40 to 2^40.
#[test]
fn results_hold_for_other_hyper_parameters() {
    let mut random = Random(0);
    let mut accepted = Vec::new();
    for definition in catalogue().filter(|definition| !definition.parameters.is_empty()) {
        let sets = iter::repeat_with(|| {
            let values = definition.parameters.iter().map(|parameter| {
                let sign = [1.0, -1.0][random.below(2)];
                let mantissa = 1.0 + random.below(1 << 23) as f64 * f64::from(f32::EPSILON);
                let exponent = random.below(81) as i32 - 40;
                let value = sign * mantissa * 2.0_f64.powi(exponent);
                (parameter.name, if random.once_in(6) { 0.0 } else { value })
            });
            Activation::from_definition(definition).with_all(&values.collect::<Vec<_>>())
        });
        accepted.extend(sets.take(500).flatten().take(10));
    }
    assert!(accepted.len() > 150, "only {} are accepted", accepted.len());
    all_hold(accepted, &Arithmetic::together());
}

/// An implementation may assume that no operation overflows, even one whose result is not used.
#[test]
fn nothing_overflows_on_the_way_to_a_finite_result() {
    let mut missed = Vec::new();
    for (activation, direction) in cases() {
        let reference = activation.reference().expect("the catalogue has them");
        let exact = match direction {
            Direction::Forward => reference.forward,
            Direction::Backward => reference.derivative,
        };
        let parameters = activation.values_f64();
        let mut inputs = inputs(&activation, &FEW);
        inputs.retain(|&x| x.is_finite() && (exact(f64::from(x), &parameters) as f32).is_finite());
        let program = program(&activation, direction);
        let machine = Machine::default();
        let (_, overflows) = machine.run(&program, activation.values(), &inputs);
        let text = source(&activation);
        missed.extend(overflows.into_iter().map(|overflow| {
            let expression = &text[program.places[overflow.op].span.clone()];
            let (name, values) = (activation.name(), activation.values());
            let (input, result) = (overflow.input, overflow.result);
            format!("{name} {values:?} {direction}: {expression} is {result} at x = {input:e}")
        }));
    }
    let count = missed.len();
    assert_eq!(count, 0, "{count} overflow:\n{}", missed.join("\n"));
}

/// The adapters in question round every operation, so that the interpreter, where it does so too,
/// agrees with them bit for bit, but for what their compilers rewrite.
#[test]
fn the_interpreter_agrees_with_an_adapter() {
    let gpu = gpu();
    let (mut count, mut rewritten) = (0, Vec::new());
    for (activation, direction) in cases() {
        let inputs = inputs(&activation, &FEW);
        let program = program(&activation, direction);
        let (ours, _) = Machine::default().run(&program, activation.values(), &inputs);
        let theirs = match direction {
            Direction::Forward => gpu.forward(&activation, &inputs),
            Direction::Backward => gpu.backward(&activation, &inputs, &vec![1.0; inputs.len()]),
        };
        let theirs = theirs.expect("it runs");
        let mut pairs = inputs.iter().zip(ours.iter().zip(&theirs));
        let differing = pairs.find(|(x, (a, b))| {
            let is_subnormal = x.is_subnormal() || !a.is_normal() && !b.is_normal();
            a.to_bits() != b.to_bits() && !is_subnormal
        });
        count += 1;
        rewritten.extend(differing.map(|(x, (a, b))| {
            let name = activation.name();
            format!("{name} {direction}: at {x:e} {a:e} instead of {b:e}")
        }));
    }
    // A quarter is what Mesa's compiler rewrites at most.
    let share = rewritten.len() as f64 / f64::from(count);
    assert!(share < 0.25, "{share} differ:\n{}", rewritten.join("\n"));
}
