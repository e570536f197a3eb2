//! The catalogue says what is true: names, rules and the properties that people choose by.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use wgpu_activations::activation::{Definition, Saturation, Smoothness, catalogue};
use wgpu_activations::{Activation, ActivationError};

#[rustfmt::skip]
const PROMISED: [&str; 56] = [
    "identity", "linear", "step", "signum", "absolute", "relu", "relu6", "leaky_relu", "prelu",
    "rrelu", "srelu", "threshold", "thresholded_relu", "squared_relu", "star_relu", "smelu", "elu",
    "celu", "selu", "sigmoid", "hard_sigmoid", "log_sigmoid", "log_log", "symmetrical_sigmoid",
    "tanh", "lecun_tanh", "hard_tanh", "tanh_shrink", "hard_shrink", "soft_shrink", "shrink",
    "silu", "swish", "hard_swish", "quick_gelu", "gelu", "gelu_tanh", "mish", "tanh_exp", "serf",
    "softplus", "squareplus", "sparse_plus", "sparse_sigmoid", "softsign", "isru", "isrlu",
    "arctan", "bent_identity", "gaussian", "exponential", "sinusoid", "cosine", "sinc", "snake",
    "xielu",
];

#[test]
fn names_are_unique_and_those_promised_are_there() {
    let names: Vec<_> = catalogue().map(|definition| definition.name).collect();
    let unique: BTreeSet<_> = names.iter().copied().collect();
    assert_eq!(names.len(), unique.len(), "a name occurs twice");
    for promised in PROMISED {
        assert!(unique.contains(promised), "{promised} is missing");
    }
    for name in names {
        let snake = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '_';
        assert!(name.chars().all(snake), "{name}");
        let activation = Activation::named(name).expect("a name of the catalogue");
        assert_eq!(activation.name(), name);
    }
}

#[test]
fn every_shader_has_a_row() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("shaders/activations");
    for entry in fs::read_dir(folder).expect("the shaders' folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        assert!(
            catalogue().any(|definition| Some(definition.name) == name),
            "{} has no row in the catalogue",
            path.display()
        );
    }
}

#[test]
fn every_row_says_what_and_whence() {
    for definition in catalogue() {
        let name = definition.name;
        assert!(!definition.formula.is_empty(), "{name}");
        let year = |word: &str| word.len() == 4 && word.parse::<u32>().is_ok();
        let mut words = definition.citation.split([' ', ',']);
        assert!(words.any(year), "{name} cites no year");
        for parameter in definition.parameters {
            assert!(
                definition.formula.contains(parameter.name),
                "{name}: the formula does without {}",
                parameter.name
            );
        }
        assert!(
            definition.parameters.is_empty() || !definition.variants.is_empty(),
            "{name} is verified with its defaults only"
        );
    }
}

fn set(definition: &'static Definition, values: &[f64]) -> Result<Activation, ActivationError> {
    let names = definition.parameters.iter().map(|p| p.name);
    let settings: Vec<_> = names.zip(values.iter().copied()).collect();
    assert_eq!(settings.len(), values.len(), "{}", definition.name);
    Activation::from_definition(definition).with_all(&settings)
}

#[test]
fn defaults_and_variants_satisfy_the_rules() {
    for definition in catalogue() {
        let defaults: Vec<_> = definition.parameters.iter().map(|p| p.default).collect();
        let variants = definition.variants.iter().map(|values| values.to_vec());
        for values in variants.chain([defaults]) {
            let activation = set(definition, &values).unwrap_or_else(|error| panic!("{error}"));
            let rounded: Vec<_> = values.iter().map(|&value| value as f32).collect();
            assert_eq!(activation.values(), rounded);
        }
    }
}

#[test]
fn every_rule_can_be_broken_and_is_then_named() {
    for definition in catalogue() {
        for rule in definition.rules {
            let broken = grid(definition.parameters.len())
                .into_iter()
                .find(|values| !(rule.holds)(values))
                .unwrap_or_else(|| panic!("{}: {:?} always holds", definition.name, rule.text));
            let error = set(definition, &broken).expect_err("a broken rule");
            let message = error.to_string();
            assert!(message.contains(rule.text), "{message}");
            assert!(message.contains(definition.name), "{message}");
        }
    }
}

/// All sets of `count` values out of a few.
fn grid(count: usize) -> Vec<Vec<f64>> {
    let mut sets = vec![Vec::new()];
    for _ in 0..count {
        sets = sets
            .into_iter()
            .flat_map(|set| {
                [-2.0, 0.0, 2.0, 1e-40].map(|value| [set.as_slice(), &[value]].concat())
            })
            .collect();
    }
    sets
}

#[test]
fn an_unknown_name_suggests_the_nearest() {
    for (typed, nearest) in [
        ("geluu", "gelu"),
        ("Softplus", "softplus"),
        ("hardtanh", "hard_tanh"),
    ] {
        let message = Activation::named(typed).expect_err(typed).to_string();
        assert!(message.contains(&format!("{typed:?}")), "{message}");
        assert!(message.contains(&format!("{nearest:?}")), "{message}");
    }
}

#[test]
fn an_unknown_parameter_lists_those_there_are() {
    let error = Activation::rrelu().with("negative_slope", 0.1);
    let message = error.expect_err("an unknown parameter").to_string();
    assert!(message.contains("lower, upper"), "{message}");
    let message = Activation::relu()
        .with("alpha", 1.0)
        .expect_err("none")
        .to_string();
    assert!(message.contains("takes none"), "{message}");
}

#[test]
fn values_that_are_no_finite_f32_are_refused() {
    for definition in catalogue() {
        for parameter in definition.parameters {
            for value in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, 1e39] {
                let error = Activation::from_definition(definition).with(parameter.name, value);
                let message = error.expect_err("not a finite f32").to_string();
                assert!(message.contains("finite"), "{message}");
                assert!(message.contains(parameter.name), "{message}");
            }
        }
    }
}

#[test]
fn values_valid_only_together_can_be_set_together() {
    assert!(Activation::hard_tanh().with("min", 2.0).is_err());
    let both = Activation::hard_tanh().with_all(&[("min", 2.0), ("max", 3.0)]);
    assert_eq!(both.expect("valid together").values(), [2.0, 3.0]);
}

/// A row at its default hyper-parameters.
struct AtDefaults {
    definition: &'static Definition,
    p: Vec<f64>,
}

impl AtDefaults {
    fn all() -> impl Iterator<Item = Self> {
        catalogue().map(|definition| Self {
            definition,
            p: Activation::from_definition(definition).values_f64(),
        })
    }

    fn forward(&self, x: f64) -> f64 {
        self.definition.reference.forward_at(x, &self.p)
    }

    fn derivative(&self, x: f64) -> f64 {
        self.definition.reference.derivative_at(x, &self.p)
    }
}

/// Ascending: a dense part around 0 and magnitudes up to a million.
fn samples() -> Vec<f64> {
    let dense = (-4000..=4000).map(|k| f64::from(k) / 128.0);
    let far = (0..200).map(|k| 31.5 * 1.0536_f64.powi(k));
    let mut samples: Vec<_> = far.flat_map(|x| [x, -x]).chain(dense).collect();
    samples.sort_by(f64::total_cmp);
    samples
}

#[test]
fn ranges_are_tight() {
    for row in AtDefaults::all() {
        let name = row.definition.name;
        let (infimum, supremum) = row.definition.properties.range;
        let values = samples().into_iter().map(|x| row.forward(x));
        let (low, high) = values.fold((f64::INFINITY, f64::NEG_INFINITY), |(low, high), y| {
            (low.min(y), high.max(y))
        });
        assert!(low >= infimum - 1e-7, "{name} falls to {low}");
        assert!(high <= supremum + 1e-7, "{name} rises to {high}");
        let reaches = |value: f64, bound: f64| {
            if bound.is_finite() {
                (value - bound).abs() < 1e-4
            } else {
                value.abs() > 1e3
            }
        };
        assert!(reaches(low, infimum), "{name} falls only to {low}");
        assert!(reaches(high, supremum), "{name} rises only to {high}");
    }
}

#[test]
fn monotonic_is_what_never_falls() {
    for row in AtDefaults::all() {
        let values: Vec<_> = samples().into_iter().map(|x| row.forward(x)).collect();
        let falls = values
            .windows(2)
            .any(|pair| pair[1] < pair[0] - 1e-12 * pair[0].abs());
        let monotonic = row.definition.properties.monotonic;
        assert_eq!(monotonic, !falls, "{}", row.definition.name);
    }
}

#[test]
fn zero_centred_is_what_is_odd() {
    for row in AtDefaults::all() {
        let name = row.definition.name;
        let odd = samples().into_iter().all(|x| {
            let (right, left) = (row.forward(x), row.forward(-x));
            right == -left || (right + left).abs() < 1e-12 * right.abs()
        });
        assert_eq!(row.definition.properties.zero_centred, odd, "{name}");
        if odd {
            assert!(row.forward(-0.0).is_sign_negative(), "{name} loses a sign");
            assert!(row.forward(0.0).is_sign_positive(), "{name} makes a sign");
        }
    }
}

#[test]
fn saturating_is_where_the_derivative_vanishes() {
    for row in AtDefaults::all() {
        let vanishes =
            |sign: f64| (0..8).all(|k| row.derivative(sign * (1e4 + f64::from(k))).abs() < 1e-3);
        let saturates = match (vanishes(-1.0), vanishes(1.0)) {
            (false, false) => Saturation::Neither,
            (true, false) => Saturation::Left,
            (false, true) => Saturation::Right,
            (true, true) => Saturation::Both,
        };
        let stated = row.definition.properties.saturates;
        assert_eq!(stated, saturates, "{}", row.definition.name);
    }
}

#[test]
fn smoothness_and_kinks_are_what_differences_show() {
    for row in AtDefaults::all() {
        let name = row.definition.name;
        let smoothness = smoothness(&row);
        assert_eq!(row.definition.properties.smoothness, smoothness, "{name}");
        let kinks = (row.definition.reference.kinks)(&row.p);
        assert_eq!(kinks.is_empty(), smoothness > Smoothness::C0, "{name}");
    }
}

/// The lowest derivative that jumps on a fine grid, which holds all default kinks.
fn smoothness(row: &AtDefaults) -> Smoothness {
    const STEP: f64 = 1.0 / 1024.0;
    let f = |x| row.forward(x) / (1.0 + row.forward(x).abs());
    let g = |x, around: f64| row.derivative(x) / (1.0 + row.derivative(around).abs());
    let jumps = |difference: &dyn Fn(f64) -> f64| {
        (-10_240..10_240).any(|k| difference(f64::from(k) * STEP).abs() > 0.05)
    };
    if jumps(&|x| f(x + STEP) - f(x)) {
        Smoothness::Discontinuous
    } else if jumps(&|x| g(x + STEP, x) - g(x, x)) {
        Smoothness::C0
    } else if jumps(&|x| (g(x + STEP, x) - 2.0 * g(x, x) + g(x - STEP, x)) / STEP) {
        Smoothness::C1
    } else if jumps(&|x| {
        let ahead = g(x + 2.0 * STEP, x) - 3.0 * g(x + STEP, x);
        (ahead + 3.0 * g(x, x) - g(x - STEP, x)) / STEP.powi(2)
    }) {
        Smoothness::C2
    } else {
        Smoothness::Smooth
    }
}

#[test]
fn kinks_jump_and_hold_the_stated_derivative() {
    for definition in catalogue() {
        let reference = &definition.reference;
        for activation in Activation::variants(definition) {
            let (name, p) = (activation.name(), activation.values_f64());
            for kink in (reference.kinks)(&p) {
                let (left, right) = (kink.x - 1e-9, kink.x + 1e-9);
                let jumps = |f: fn(f64, &[f64]) -> f64| (f(left, &p) - f(right, &p)).abs() > 1e-6;
                assert!(
                    jumps(reference.forward) || jumps(reference.derivative),
                    "{name}{p:?} is smooth at {}",
                    kink.x
                );
                // No f32 input falls on a kink between two of them.
                if f64::from(kink.x as f32) == kink.x {
                    assert_eq!(
                        reference.derivative_at(kink.x, &p),
                        kink.derivative,
                        "{name}"
                    );
                }
            }
        }
    }
}

#[test]
fn nan_gives_nan() {
    for row in AtDefaults::all() {
        assert!(row.forward(f64::NAN).is_nan(), "{}", row.definition.name);
        assert!(row.derivative(f64::NAN).is_nan(), "{}", row.definition.name);
    }
}
