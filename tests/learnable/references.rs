//! How activations change with their hyper-parameters, in f64.

use std::collections::BTreeSet;

use wgpu_activations::Activation;
use wgpu_activations::activation::{Definition, catalogue};

fn learnable() -> impl Iterator<Item = &'static Definition> {
    catalogue().filter(|definition| !definition.parameters.is_empty())
}

#[test]
fn every_hyper_parameter_has_a_derivative_in_both_tongues() {
    for definition in learnable() {
        let known = definition.reference.parameter_derivatives.len();
        assert_eq!(known, definition.parameters.len(), "{}", definition.name);
        for parameter in definition.parameters {
            let function = format!("fn derivative_by_{}(x: f32, p: Parameters)", parameter.name);
            assert!(
                definition.wgsl.contains(&function),
                "{}.wgsl has no `{function} -> f32`",
                definition.name
            );
        }
    }
    assert!(learnable().count() > 20);
}

/// By `tools/parameter_derivatives.py`, at 50 digits from the formulas alone.
const TABLE: &str = include_str!("../data/parameter_derivatives.tsv");

const REGENERATE: &str =
    "cargo run -p wgpu-activations-cli -- list --json | python3 tools/parameter_derivatives.py";

#[test]
fn references_agree_with_the_table_of_50_digits() {
    let (mut points, mut sections) = (0, BTreeSet::new());
    for line in TABLE.lines().filter(|line| !line.starts_with('#')) {
        let columns: Vec<_> = line.split('\t').collect();
        let &[name, values, parameter, bits, exact] = &columns[..] else {
            panic!("five columns: {line}");
        };
        let definition = learnable().find(|definition| definition.name == name);
        let definition = definition.unwrap_or_else(|| panic!("{name} is gone: {REGENERATE}"));
        let settings = values.split(',').map(|setting| {
            let (name, value) = setting.split_once('=').expect("name=value");
            (name, value.parse().expect("a number"))
        });
        let activation = Activation::from_definition(definition)
            .with_all(&settings.collect::<Vec<_>>())
            .unwrap_or_else(|error| panic!("{error}: {REGENERATE}"));
        let p = activation.values_f64();
        let index = definition
            .parameters
            .iter()
            .position(|known| known.name == parameter);
        let index = index.unwrap_or_else(|| panic!("{parameter} is gone: {REGENERATE}"));
        let x = f64::from(f32::from_bits(u32::from_str_radix(bits, 16).expect("bits")));
        let exact: f64 = exact.parse().expect("a number");
        let reference = &definition.reference;
        let actual = reference
            .parameter_derivative_at(index, x, &p)
            .expect("known");
        let term = reference.parameter_largest_terms.get(index);
        let size = term.map_or(0.0, |term| term(x, &p)).max(exact.abs());
        // A result below 1e-60 stands there as 0.
        assert!(
            (actual - exact).abs() <= 1e-12 * size + 1e-60,
            "{name} by {parameter} at {x:e} with {p:?}: {actual:e} instead of {exact:e}"
        );
        points += 1;
        sections.insert((name, format!("{p:?}"), parameter));
    }
    for definition in learnable() {
        for activation in Activation::variants(definition) {
            let values = format!("{:?}", activation.values_f64());
            for parameter in definition.parameters {
                let section = (definition.name, values.clone(), parameter.name);
                assert!(sections.contains(&section), "{section:?}: {REGENERATE}");
            }
        }
    }
    assert!(points > 3000, "only {points} points");
}

/// (f(p + h) − f(p − h)) / 2h for two h, of which the second order is taken out.
fn difference(f: impl Fn(f64) -> f64, p: f64, h: f64) -> f64 {
    let central = |h: f64| (f(p + h) - f(p - h)) / (2.0 * h);
    (4.0 * central(h) - central(2.0 * h)) / 3.0
}

#[test]
fn references_agree_with_central_differences() {
    let mut points = 0;
    for definition in learnable() {
        let reference = &definition.reference;
        for activation in Activation::variants(definition) {
            let parameters = activation.values_f64();
            for (index, derivative) in reference.parameter_derivatives.iter().enumerate() {
                for step in -160..160 {
                    let x = f64::from(step) * 0.0731 + 0.0113;
                    let h = 1e-4 * parameters[index].abs().max(0.01);
                    let at = |value: f64| {
                        let mut p = parameters.clone();
                        p[index] = value;
                        p
                    };
                    // A kink that moves past x while the parameter changes has no place in a difference.
                    let sides = [-2.0, 2.0].map(|shift| {
                        let kinks = (reference.kinks)(&at(parameters[index] + shift * h));
                        kinks.iter().map(|kink| x < kink.x).collect::<Vec<_>>()
                    });
                    let f = |value: f64| (reference.forward)(x, &at(value));
                    // Nor has the root of a negative number.
                    if sides[0] != sides[1] || f(parameters[index] - 2.0 * h).is_nan() {
                        continue;
                    }
                    let (exact, found) = (
                        derivative(x, &parameters),
                        difference(f, parameters[index], h),
                    );
                    let size = exact.abs() + f(parameters[index]).abs() + 1.0;
                    assert!(
                        (exact - found).abs() <= 3e-6 * size,
                        "{} by {} at {x} with {parameters:?}: {exact}, by differences {found}",
                        definition.name,
                        definition.parameters[index].name
                    );
                    points += 1;
                }
            }
        }
    }
    assert!(points > 20_000, "only {points} points");
}
