//! How activations change with their hyper-parameters, in f64.

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
                    let distances = [-2.0, 2.0].map(|shift| {
                        ((reference.forward)(x, &at(parameters[index] + shift * h))).is_nan()
                    });
                    if sides[0] != sides[1] || distances.contains(&true) {
                        continue;
                    }
                    let f = |value: f64| (reference.forward)(x, &at(value));
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
