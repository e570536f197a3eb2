//! Whether results stay within the bound on hardware that computes otherwise than the adapters at hand:
//! that fuses products with sums, divides by estimates, flushes subnormals, or compiles as if
//! floating-point numbers were real ones. What the kernels do to an element, from its bits to those of the
//! result, is interpreted under each such arithmetic and held against the f64 reference: of f32 on
//! samples, of f16 and bf16 for every input.

mod arithmetic;
mod case;
mod checks;
#[path = "../common/mod.rs"]
mod common;
mod contraction;
mod flatten;
mod inputs;
mod machine;
mod mesa;
mod parameters;
mod program;
mod reassociation;
mod table;

use std::iter;

use arithmetic::Arithmetic;
use case::{Case, in_both_directions, variants};
use common::gpu;
use common::random::Random;
use inputs::FEW;
use machine::Machine;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::Direction;
use wgpu_activations::{Activation, Dtype};

/// f32 with a few inputs of every kind.
fn sampled(activations: impl IntoIterator<Item = Activation>) -> impl Iterator<Item = Case> {
    in_both_directions(activations)
        .map(|(activation, direction)| Case::sampled(&activation, direction, &FEW))
}

fn all_hold(cases: impl IntoIterator<Item = Case>, arithmetics: &[Arithmetic]) {
    let mut missed = Vec::new();
    for case in cases {
        for arithmetic in arithmetics {
            let report = arithmetic.measure(&case);
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
    all_hold(sampled(variants()), &Arithmetic::plain());
}

#[test]
fn results_hold_with_fused_products() {
    all_hold(sampled(variants()), &Arithmetic::contracted());
}

#[test]
fn results_hold_with_estimated_quotients() {
    all_hold(sampled(variants()), &Arithmetic::divided());
}

#[test]
fn results_hold_in_any_order() {
    all_hold(sampled(variants()), &Arithmetic::reassociated());
}

#[test]
fn results_hold_as_mesa_orders_them() {
    all_hold(sampled(variants()), &Arithmetic::mesa());
}

/// What the gradients of hyper-parameters are sums of.
#[test]
fn derivatives_by_hyper_parameters_hold() {
    let derivatives =
        variants().flat_map(|activation| parameters::derivatives(&activation).collect::<Vec<_>>());
    let cases = derivatives.map(|it| Case::sampled(&it, Direction::Forward, &FEW));
    let arithmetics = [
        Arithmetic::plain(),
        Arithmetic::contracted(),
        Arithmetic::divided(),
        Arithmetic::mesa(),
        Arithmetic::together(),
    ];
    all_hold(cases, &arithmetics.concat());
}

#[test]
fn results_hold_with_everything_together() {
    all_hold(sampled(variants()), &Arithmetic::together());
}

#[test]
fn every_result_of_f16_holds() {
    every_result_holds(Dtype::F16);
}

#[test]
fn every_result_of_bf16_holds() {
    every_result_holds(Dtype::Bf16);
}

fn every_result_holds(dtype: Dtype) {
    let cases = in_both_directions(variants())
        .map(|(activation, direction)| Case::exhaustive(&activation, direction, dtype));
    all_hold(cases, &Arithmetic::for_every_input());
}

/// Hyper-parameters beside the variants: 0, and magnitudes from 2^-40 to 2^40.
#[test]
fn results_hold_for_other_hyper_parameters() {
    let mut random = Random(0);
    let mut accepted = Vec::new();
    for definition in catalogue().filter(|definition| !definition.parameters.is_empty()) {
        let sets = iter::repeat_with(|| {
            // Of one magnitude they may cancel.
            let (base, spread) = match random.once_in(2) {
                true => (random.below(81) as i32 - 40, 2),
                false => (0, 81),
            };
            let values = definition.parameters.iter().map(|parameter| {
                let mantissa = 1.0 + random.below(1 << 23) as f64 * f64::from(f32::EPSILON);
                let exponent = base + random.below(spread) as i32 - spread as i32 / 2;
                let value = random.sign() * mantissa * 2.0_f64.powi(exponent);
                (parameter.name, if random.once_in(6) { 0.0 } else { value })
            });
            Activation::from_definition(definition).with_all(&values.collect::<Vec<_>>())
        });
        accepted.extend(sets.take(500).flatten().take(10));
    }
    assert!(accepted.len() > 150, "only {} are accepted", accepted.len());
    all_hold(sampled(accepted), &Arithmetic::together());
}

/// An implementation may assume that no operation overflows, even one whose result is not used.
#[test]
fn nothing_overflows_on_the_way_to_a_finite_result() {
    let mut missed = Vec::new();
    for case in sampled(variants()) {
        let pairs = case.inputs.iter().zip(&case.expected);
        let finite = pairs.filter(|&(x, &y)| x.is_finite() && (y as f32).is_finite());
        let inputs: Vec<_> = finite.map(|(x, _)| x.to_bits()).collect();
        let overflows = Machine::default().overflows(&case.program, &case.uniforms, &inputs);
        missed.extend(overflows.into_iter().map(|overflow| {
            let expression = &case.text[case.program.places[overflow.op].span.clone()];
            let (activation, direction) = (case.oracle.activation(), case.oracle.direction());
            let (name, values) = (activation.name(), activation.values());
            let (input, result) = (f32::from_bits(overflow.input), overflow.result);
            format!("{name} {values:?} {direction}: {expression} is {result} at x = {input:e}")
        }));
    }
    let count = missed.len();
    assert_eq!(count, 0, "{count} overflow:\n{}", missed.join("\n"));
}

/// The adapters in question round every operation, so that the interpreter, where it does so too,
/// agrees with them bit for bit: with SwiftShader's and Mesa's compilers as the program is written, or
/// as it is rewritten by Mesa's rules. Other versions of them may have other rules, so a few programs may
/// give results that neither does; but a rule moves a rounding or two, not more.
#[test]
fn the_interpreter_agrees_with_an_adapter() {
    let gpu = gpu();
    let arithmetics = Arithmetic::of_rounding_adapters();
    // Units of 16 bits are so coarse that the next number is as far as a rounding goes.
    let limit = |case: &Case| if case.dtype() == Dtype::F32 { 2.0 } else { 1.0 };
    let (mut count, mut unlike) = (0, Vec::new());
    for case in sampled(variants()).chain(every_input_of_16_bits()) {
        let mut theirs = vec![0.0; case.inputs.len()];
        gpu.results_into(&case.oracle, &case.inputs, &mut theirs)
            .expect("it runs");
        let mut ours = arithmetics.iter().map(|arithmetic| arithmetic.run(&case));
        count += 1;
        if ours.any(|ours| case.differences(&ours, &theirs).is_empty()) {
            continue;
        }
        let differences = case.differences(&arithmetics[0].run(&case), &theirs);
        let largest = differences.iter().max_by(|a, b| a.ulp.total_cmp(&b.ulp));
        let largest = largest.expect("there are differences");
        assert!(largest.ulp <= limit(&case), "{case} gives {largest}");
        unlike.push(format!("{case} gives {largest}"));
    }
    let share = unlike.len() as f64 / f64::from(count);
    assert!(share < 0.05, "{share} differ:\n{}", unlike.join("\n"));
}

/// With default hyper-parameters.
fn every_input_of_16_bits() -> impl Iterator<Item = Case> {
    let activations = catalogue().map(Activation::from_definition);
    in_both_directions(activations).flat_map(|(activation, direction)| {
        [Dtype::F16, Dtype::Bf16].map(|dtype| Case::exhaustive(&activation, direction, dtype))
    })
}
