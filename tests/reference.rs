//! Holds the f64 references against the tables that `tools/reference_tables.py` computed at 50
//! digits from the formulas alone.

use std::fs;
use std::path::PathBuf;

use wgpu_activations::activation::{Definition, catalogue};
use wgpu_activations::{Activation, reference::Reference};

const REGENERATE: &str =
    "cargo run -p wgpu-activations-cli -- list --json | python3 tools/reference_tables.py";

/// Half the least f32: what lies below rounds to zero.
const LEAST: f64 = 7.006492321624085e-46;

/// A function of x and the hyper-parameters.
type Function = fn(f64, &[f64]) -> f64;

/// One set of hyper-parameters and its points.
struct Section {
    parameters: Vec<(String, f64)>,
    points: Vec<Point>,
}

struct Point {
    x: f64,
    forward: f64,
    derivative: f64,
}

struct Table {
    formula: String,
    sections: Vec<Section>,
}

fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/reference")
}

fn table(definition: &Definition) -> Table {
    let path = folder().join(format!("{}.tsv", definition.name));
    let text = fs::read_to_string(&path)
        .unwrap_or_else(|error| panic!("{} has no table ({error}): {REGENERATE}", definition.name));
    let mut table = Table {
        formula: String::new(),
        sections: Vec::new(),
    };
    for line in text.lines() {
        if let Some(formula) = line.strip_prefix("# formula: ") {
            table.formula = formula.to_owned();
        } else if let Some(parameters) = line.strip_prefix("# parameters:") {
            table.sections.push(Section {
                parameters: parameters.split_whitespace().map(setting).collect(),
                points: Vec::new(),
            });
        } else if !line.starts_with('#') {
            let section = table.sections.last_mut().expect("parameters come first");
            section.points.push(point(line));
        }
    }
    table
}

fn setting(text: &str) -> (String, f64) {
    let (name, value) = text.split_once('=').expect("name=value");
    (name.to_owned(), number(value))
}

fn point(line: &str) -> Point {
    let mut columns = line.split('\t');
    let mut column = || {
        columns
            .next()
            .unwrap_or_else(|| panic!("three columns: {line}"))
    };
    let bits = u32::from_str_radix(column(), 16).unwrap_or_else(|error| panic!("{line}: {error}"));
    Point {
        x: f64::from(f32::from_bits(bits)),
        forward: number(column()),
        derivative: number(column()),
    }
}

fn number(text: &str) -> f64 {
    text.parse()
        .unwrap_or_else(|error| panic!("{text}: {error}"))
}

#[test]
fn every_table_belongs_to_its_row() {
    for definition in catalogue() {
        let name = definition.name;
        let table = table(definition);
        assert_eq!(table.formula, definition.formula, "{name}: {REGENERATE}");
        let activations: Vec<_> = Activation::variants(definition).collect();
        assert_eq!(
            table.sections.len(),
            activations.len(),
            "{name}: {REGENERATE}"
        );
        for (index, (section, activation)) in table.sections.iter().zip(activations).enumerate() {
            assert_eq!(section.parameters.len(), definition.parameters.len());
            for (parameter, value) in &section.parameters {
                let actual = activation.value(parameter).map(f64::from);
                assert_eq!(actual, Some(*value), "{name}: {REGENERATE}");
            }
            let least = if index == 0 { 200 } else { 60 };
            assert!(section.points.len() >= least, "{name}: too few points");
            for x in [f64::INFINITY, f64::NEG_INFINITY, 0.0] {
                assert!(section.points.iter().any(|point| point.x == x), "{name}");
            }
        }
    }
}

#[test]
fn every_table_has_a_row() {
    for entry in fs::read_dir(folder()).expect("the tables' folder") {
        let path = entry.expect("an entry").path();
        let name = path.file_stem().and_then(|stem| stem.to_str());
        assert!(
            catalogue().any(|definition| Some(definition.name) == name),
            "{} belongs to no activation: delete it",
            path.display()
        );
    }
}

#[test]
fn forward_agrees_with_the_tables() {
    compare(
        |point| point.forward,
        Reference::forward_at,
        |reference| reference.forward_largest_term,
    );
}

#[test]
fn derivative_agrees_with_the_tables() {
    compare(
        |point| point.derivative,
        Reference::derivative_at,
        |reference| reference.derivative_largest_term,
    );
}

fn compare(
    expected: fn(&Point) -> f64,
    actual: fn(&Reference, f64, &[f64]) -> f64,
    largest_term: fn(&Reference) -> Option<Function>,
) {
    let mut wrong = Vec::new();
    for definition in catalogue() {
        let reference = &definition.reference;
        let sections = table(definition).sections;
        for (section, activation) in sections.iter().zip(Activation::variants(definition)) {
            let p = activation.values_f64();
            for point in &section.points {
                let (expected, actual) = (expected(point), actual(reference, point.x, &p));
                let scale = largest_term(reference).map_or(0.0, |term| term(point.x, &p));
                if !agrees(expected, actual, scale) {
                    wrong.push(format!(
                        "{}{p:?} at {:e}: {actual:e} instead of {expected:e}",
                        definition.name, point.x
                    ));
                }
            }
        }
    }
    assert!(
        wrong.is_empty(),
        "{} points disagree, among them\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

/// `scale` is the largest term's magnitude where the result may cross zero by cancellation.
fn agrees(expected: f64, actual: f64, scale: f64) -> bool {
    if expected.is_nan() || expected.is_infinite() {
        // What overflows f32 stands as infinite in the table.
        let actual = f64::from(actual as f32);
        return actual == expected || actual.is_nan() && expected.is_nan();
    }
    if expected.abs() < LEAST {
        return actual.abs() < LEAST;
    }
    let tolerance = (1e-12 * expected.abs()).max(if scale.is_finite() {
        1e-13 * scale
    } else {
        0.0
    });
    (actual - expected).abs() <= tolerance
}
