//! Hyper-parameters beside the catalogue's variants: each set is refused by a rule, or its results
//! are within the bound.

mod common;

use std::iter;

use common::gpu;
use common::random::Random;
use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::Samples;

/// What a person may try: 0, ±1 and magnitudes from a thousandth to a million.
#[test]
fn ordinary_values_are_within_the_bound() {
    let ordinary = |random: &mut Random| match random.below(8) {
        0 => 0.0,
        1 => random.sign(),
        2 => random.sign() * 10.0_f64.powi(random.below(10) as i32 - 3),
        _ => random.sign() * 10.0_f64.powf(random.unit() * 9.0 - 3.0),
    };
    sweep(40, ordinary);
}

/// Any f32, from the subnormal to the largest, and those that the rules name.
#[test]
fn extreme_values_are_refused_or_within_the_bound() {
    let extreme = |random: &mut Random| match random.below(4) {
        0 => [0.0, 1e-15, 1e12][random.below(3)] * random.sign(),
        1 => random.sign() * 10.0_f64.powf(random.unit() * 82.0 - 44.0),
        _ => random.sign() * 10.0_f64.powf(random.unit() * 27.0 - 15.0),
    };
    sweep(40, extreme);
}

/// Verifies `count` accepted sets of each activation, with values drawn by `draw`.
fn sweep(count: usize, draw: impl Fn(&mut Random) -> f64) {
    let gpu = gpu();
    let mut missed = Vec::new();
    for definition in catalogue().filter(|definition| !definition.parameters.is_empty()) {
        let mut random = Random(definition.name.len() as u64);
        let sets = iter::repeat_with(|| {
            let names = definition.parameters.iter().map(|parameter| parameter.name);
            let set: Vec<_> = names.map(|name| (name, draw(&mut random))).collect();
            Activation::from_definition(definition).with_all(&set)
        });
        let accepted: Vec<_> = sets.take(50 * count).flatten().take(count).collect();
        assert_eq!(
            accepted.len(),
            count,
            "{} refuses too much",
            definition.name
        );
        for (seed, activation) in (0..).zip(&accepted) {
            let samples = Samples {
                spaced: 1 << 13,
                random: 1 << 13,
                seed,
            };
            let reports = gpu.verify(activation, &samples).expect("verified");
            missed.extend(
                reports
                    .iter()
                    .filter(|r| !r.passed())
                    .map(|r| r.to_string()),
            );
        }
    }
    assert!(
        missed.is_empty(),
        "{} results miss their bounds:\n{}",
        missed.len(),
        missed.join("\n")
    );
}
