//! Hyper-parameters beside the catalogue's variants: each set is refused by a rule, or its results
//! are within the bound.

mod common;

use std::iter;

use common::gpu;
use common::random::Random;
use common::xielu::around_second_zeros;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Report, Samples, Walk, round_to};
use wgpu_activations::{Activation, Definition, Dtype};

#[test]
fn ordinary_values_are_within_the_bound() {
    sweep(40, ordinary);
}

#[test]
fn extreme_values_are_refused_or_within_the_bound() {
    sweep(40, extreme);
}

/// What a person may try: 0, ±1 and magnitudes from a thousandth to a million.
fn ordinary(random: &mut Random) -> f64 {
    match random.below(8) {
        0 => 0.0,
        1 => random.sign(),
        2 => random.sign() * 10.0_f64.powi(random.below(10) as i32 - 3),
        _ => random.sign() * 10.0_f64.powf(random.unit() * 9.0 - 3.0),
    }
}

/// Any f32, from the subnormal to the largest, and those that the rules name.
fn extreme(random: &mut Random) -> f64 {
    match random.below(4) {
        0 => [0.0, 1e-15, 1e12][random.below(3)] * random.sign(),
        1 => random.sign() * 10.0_f64.powf(random.unit() * 82.0 - 44.0),
        _ => random.sign() * 10.0_f64.powf(random.unit() * 27.0 - 15.0),
    }
}

/// Where terms cancel, what is left of them is smallest at the f32 beside the zero.
#[test]
fn results_next_to_a_zero_are_within_the_bound() {
    let (mut missed, mut zeros) = (Vec::new(), 0);
    for definition in catalogue().filter(|definition| !definition.parameters.is_empty()) {
        let sets = [
            accepted(definition, 60, ordinary),
            accepted(definition, 200, extreme),
        ];
        for activation in sets.concat() {
            let inputs = beside_zeros(&activation);
            zeros += inputs.len() / (2 * BESIDE as usize + 1);
            if inputs.is_empty() {
                continue;
            }
            missed.extend(failures(&activation, Dtype::F32, &inputs));
        }
    }
    assert!(zeros > 200, "only {zeros} zeros");
    check(&missed);
}

/// Its lines cross zero at any slope, and nothing but what two terms leave of each other is the result.
#[test]
fn srelu_is_within_the_bound_beside_the_zeros_of_its_lines() {
    let mut random = Random(11);
    let mut missed = Vec::new();
    for _ in 0..3000 {
        let mut draw = || (random.sign() * 10.0_f64.powf(5.0 * random.unit() - 2.5)) as f32;
        let [threshold, slope] = [draw(), draw()].map(f64::from);
        let zero = threshold * (1.0 - 1.0 / slope);
        let (left, right) = if zero >= threshold {
            (threshold - 1.0, threshold)
        } else {
            (threshold, threshold + 1.0)
        };
        let activation = Activation::srelu().with_all(&[
            ("threshold_left", left),
            ("threshold_right", right),
            ("slope_left", slope),
            ("slope_right", slope),
        ]);
        let key = (zero as f32).to_bits();
        let inputs: Vec<_> = (key - 3..=key + 3).map(f32::from_bits).collect();
        let activation = activation.expect("accepted");
        missed.extend(failures(&activation, Dtype::F32, &inputs));
    }
    check(&missed);
}

/// There the linear terms of xIELU cancel exactly, and e^x is all that is left.
#[test]
fn of_linear_terms_that_cancel_exactly_the_power_is_left() {
    for size in [32.0, 64.0] {
        let set = [("alpha_negative", 1.0), ("beta", 1.0 - 1.0 / size)];
        let activation = Activation::xielu().with_all(&set).expect("accepted");
        check(&failures(&activation, Dtype::F32, &[-size as f32]));
    }
}

/// Where beta is alpha_negative, a power is all that is left of the derivative, as far as numbers go.
#[test]
fn of_a_line_as_steep_as_the_curve_the_power_is_left() {
    let mut missed = Vec::new();
    for size in [1.0, -0.346, 40.367, -442.67, 1e12, 1e-15] {
        let set = [("alpha_negative", size), ("beta", size)];
        let activation = Activation::xielu().with_all(&set).expect("accepted");
        for dtype in Dtype::ALL {
            let inputs = (0..6000).map(|index| round_to(dtype, f64::from(index) * -0.0237) as f32);
            missed.extend(failures(&activation, dtype, &inputs.collect::<Vec<_>>()));
        }
    }
    check(&missed);
}

#[test]
fn xielu_is_within_the_bound_all_around_its_second_zero() {
    let mut missed = Vec::new();
    for (activation, mut inputs) in around_second_zeros(1000) {
        inputs.extend(beside_zeros(&activation));
        missed.extend(failures(&activation, Dtype::F32, &inputs));
    }
    check(&missed);
}

/// Hyper-parameters with which many results of 16 bits are hardly beside the middle between two.
#[test]
fn what_vanishes_beside_a_tie_still_decides_it() {
    let (swish, soft_shrink, shrink) = (
        Activation::swish(),
        Activation::soft_shrink(),
        Activation::shrink(),
    );
    let mut missed = Vec::new();
    for (activation, settings) in [
        (&swish, &[("beta", 1e-2)][..]),
        (&swish, &[("beta", -1e-3)]),
        (&swish, &[("beta", 1e-15)]),
        (&soft_shrink, &[("lambda", 0.500_000_06)]),
        (&shrink, &[("bias", 0.500_000_06)]),
        (&shrink, &[("lambda", 2.0), ("bias", -1e-20)]),
    ] {
        let activation = activation.clone().with_all(settings).expect("accepted");
        for dtype in [Dtype::F16, Dtype::Bf16] {
            let mut inputs = Vec::new();
            Walk::all(dtype).inputs(0..1 << 16, &mut inputs);
            missed.extend(failures(&activation, dtype, &inputs));
        }
    }
    check(&missed);
}

/// With betas that put an input of 16 bits next to it.
#[test]
fn swish_is_within_an_ulp_of_16_bits_beside_the_zero_of_its_derivative() {
    const ZERO: f64 = -1.278_464_542_761_074;
    let mut random = Random(11);
    let mut missed = Vec::new();
    for round in 0..400 {
        let dtype = [Dtype::F16, Dtype::Bf16][round % 2];
        let x = round_to(
            dtype,
            random.sign() * 10.0_f64.powf(2.0 * random.unit() - 1.0),
        );
        let activation = Activation::swish().with("beta", ZERO / x);
        let inputs =
            [0.99, 0.996, 1.0, 1.004, 1.01].map(|factor| round_to(dtype, x * factor) as f32);
        missed.extend(failures(&activation.expect("accepted"), dtype, &inputs));
    }
    check(&missed);
}

/// What misses the bound, in each direction.
fn failures(activation: &Activation, dtype: Dtype, inputs: &[f32]) -> Vec<String> {
    let reports = gpu().verify_inputs(activation, [dtype; 2], inputs);
    failed(&reports.expect("verified"))
}

fn failed(reports: &[Report]) -> Vec<String> {
    let failed = reports.iter().filter(|report| !report.passed());
    failed.map(ToString::to_string).collect()
}

/// Neighbours on each side of a zero.
const BESIDE: u32 = 50;

/// The f32 around the zeros of f, which bisection finds where f changes its sign between neighbours of a
/// coarse grid.
fn beside_zeros(activation: &Activation) -> Vec<f32> {
    let reference = activation.reference().expect("the catalogue has them");
    let parameters = activation.values_f64();
    let is_positive = |key: u32| (reference.forward)(f64::from(of_key(key)), &parameters) > 0.0;
    let grid: Vec<u32> = (0..1 << 12).map(|index| index << 20 | 1).collect();
    let mut inputs = Vec::new();
    for pair in grid.windows(2) {
        let (mut low, mut high) = (pair[0], pair[1]);
        if of_key(low).is_finite()
            && of_key(high).is_finite()
            && is_positive(low) != is_positive(high)
        {
            while high - low > 1 {
                let middle = low + (high - low) / 2;
                match is_positive(middle) == is_positive(low) {
                    true => low = middle,
                    false => high = middle,
                }
            }
            inputs.extend((low - BESIDE..=low + BESIDE).map(of_key));
        }
    }
    inputs.retain(|x| x.is_finite());
    inputs
}

/// The f32 of a key; keys ascend as numbers do.
fn of_key(key: u32) -> f32 {
    f32::from_bits(if key >> 31 == 1 {
        key & 0x7fff_ffff
    } else {
        !key
    })
}

/// So many sets of hyper-parameters that no rule refuses, drawn by `draw`.
fn accepted(
    definition: &'static Definition,
    count: usize,
    draw: impl Fn(&mut Random) -> f64,
) -> Vec<Activation> {
    let mut random = Random(definition.name.len() as u64);
    let sets = iter::repeat_with(|| {
        let names = definition.parameters.iter().map(|parameter| parameter.name);
        let set: Vec<_> = names.map(|name| (name, draw(&mut random))).collect();
        Activation::from_definition(definition).with_all(&set)
    });
    let accepted: Vec<_> = sets.take(50 * count).flatten().take(count).collect();
    let name = definition.name;
    assert_eq!(accepted.len(), count, "{name} refuses too much");
    accepted
}

/// Verifies `count` accepted sets of each activation, with values drawn by `draw`.
fn sweep(count: usize, draw: impl Fn(&mut Random) -> f64) {
    let gpu = gpu();
    let mut missed = Vec::new();
    for definition in catalogue().filter(|definition| !definition.parameters.is_empty()) {
        for (seed, activation) in (0..).zip(accepted(definition, count, &draw)) {
            let samples = Samples {
                spaced: 1 << 13,
                random: 1 << 13,
                seed,
            };
            let reports = gpu.verify(&activation, &samples).expect("verified");
            missed.extend(failed(&reports));
        }
    }
    check(&missed);
}

fn check(missed: &[String]) {
    assert!(
        missed.is_empty(),
        "{} results miss their bounds:\n{}",
        missed.len(),
        missed.join("\n")
    );
}
