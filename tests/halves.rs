//! Holds the f64 references, rounded to 16 bits, and the kernels against the tables of results next to
//! halfway between two numbers, which `tools/halves.py` computed from the formulas alone.

mod common;

use std::fs;
use std::path::PathBuf;

use common::gpu;
use half::{bf16, f16};
use wgpu_activations::verify::{Direction, Oracle, round_to};
use wgpu_activations::{Activation, Dtype};

const REGENERATE: &str =
    "cargo run -p wgpu-activations-cli -- list --json | python3 tools/halves.py --only";

/// A table's text by the activation's name.
fn tables() -> Vec<(String, String)> {
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("tests/data/halves");
    let files = fs::read_dir(folder).expect("the tables' folder");
    let paths = files.map(|file| file.expect("an entry").path());
    paths
        .map(|path| {
            let name = path.file_stem().and_then(|stem| stem.to_str());
            let text = fs::read_to_string(&path).expect("UTF-8");
            (name.expect("UTF-8").to_owned(), text)
        })
        .collect()
}

/// An activation with the values of a line such as `alpha=1.0 beta=0.5`.
fn with_values(name: &str, line: &str) -> Activation {
    let settings: Vec<_> = line
        .split_whitespace()
        .map(|setting| {
            let (parameter, value) = setting.split_once('=').expect("name=value");
            (parameter, value.parse().expect("a number"))
        })
        .collect();
    let activation = Activation::named(name)
        .unwrap_or_else(|error| panic!("{error}: delete its table of halves"));
    activation
        .with_all(&settings)
        .unwrap_or_else(|error| panic!("{error}: {REGENERATE} {name}"))
}

fn number(dtype: Dtype, bits: &str) -> f64 {
    let bits = u16::from_str_radix(bits, 16).unwrap_or_else(|error| panic!("{bits:?}: {error}"));
    match dtype {
        Dtype::F16 => f16::from_bits(bits).to_f64(),
        _ => bf16::from_bits(bits).to_f64(),
    }
}

/// The results of one activation in one direction and type.
struct Group {
    oracle: Oracle,
    inputs: Vec<f32>,
    expected: Vec<f64>,
}

impl Group {
    fn new(activation: &Activation, direction: &str, dtype: &str) -> Self {
        let direction = match direction {
            "forward" => Direction::Forward,
            _ => Direction::Backward,
        };
        let dtype = dtype.parse().expect("a type");
        let oracle = Oracle::new(activation, direction).expect("the catalogue has references");
        Self {
            oracle: oracle.with_dtypes(dtype, dtype),
            inputs: Vec::new(),
            expected: Vec::new(),
        }
    }

    fn dtype(&self) -> Dtype {
        self.oracle.dtypes()[1]
    }

    /// The results that are not what they should be, in words.
    fn wrong<'a>(&'a self, results: &'a [f64]) -> impl Iterator<Item = String> + 'a {
        let activation = self.oracle.activation();
        let cases = self.inputs.iter().zip(&self.expected).zip(results);
        let wrong = cases.filter(|((_, expected), result)| {
            let may_be_zero = expected.abs() < f64::from(f32::MIN_POSITIVE);
            result != expected && !(**result == 0.0 && may_be_zero)
        });
        wrong.map(|((x, expected), result)| {
            let (name, values) = (activation.name(), activation.values());
            let (direction, dtype) = (self.oracle.direction(), self.dtype());
            format!(
                "{name}{values:?} {direction} {dtype} at {x:e}: {result:e} instead of {expected:e}"
            )
        })
    }
}

fn groups() -> Vec<Group> {
    let mut groups: Vec<Group> = Vec::new();
    for (name, text) in tables() {
        let mut activation = Activation::named(&name).expect("checked by another test");
        for line in text.lines() {
            if let Some(values) = line.strip_prefix("# parameters:") {
                activation = with_values(&name, values);
            } else if let Some((direction, dtype)) = group(line) {
                groups.push(Group::new(&activation, direction, dtype));
            } else if let Some((input, result)) = line.split_once('\t') {
                let group = groups.last_mut().expect("numbers stand below a group");
                let dtype = group.dtype();
                group.inputs.push(number(dtype, input) as f32);
                group.expected.push(number(dtype, result));
            }
        }
    }
    groups
}

/// Holds what `compute` makes of each group's inputs against its table.
fn check(compute: impl Fn(&Group) -> Vec<f64>) {
    let (mut wrong, mut results) = (Vec::new(), 0);
    for group in groups() {
        results += group.inputs.len();
        wrong.extend(group.wrong(&compute(&group)));
    }
    assert!(results > 2000, "only {results} results");
    assert!(
        wrong.is_empty(),
        "{} of {results} results disagree, among them\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
}

#[test]
fn references_keep_the_side_of_a_half() {
    check(|group| {
        let exact = group.oracle.expected(&group.inputs).into_iter();
        exact.map(|y| round_to(group.dtype(), y)).collect()
    });
}

#[test]
fn kernels_keep_the_side_of_a_half() {
    let gpu = gpu();
    check(|group| {
        let mut outputs = vec![0.0; group.inputs.len()];
        gpu.results_into(&group.oracle, &group.inputs, &mut outputs)
            .expect("computed");
        let results = outputs.iter().zip(&group.inputs).zip(&group.expected);
        results
            // Adapters may take subnormal inputs for zero.
            .map(|((&y, x), &expected)| if x.is_subnormal() { expected } else { y.into() })
            .collect()
    });
}

/// The direction and the type of a line such as `# forward f16`.
fn group(line: &str) -> Option<(&str, &str)> {
    let (direction, kind) = line.strip_prefix("# ")?.split_once(' ')?;
    matches!(direction, "forward" | "backward").then_some((direction, kind))
}

#[test]
fn every_table_belongs_to_its_row() {
    for (name, text) in tables() {
        let activation = Activation::named(&name)
            .unwrap_or_else(|error| panic!("{error}: delete its table of halves"));
        let definition = activation.definition().expect("it is in the catalogue");
        let mut lines = text.lines();
        assert_eq!(lines.next(), Some(format!("# {name}").as_str()));
        let formula = format!("# formula: {}", definition.formula);
        assert_eq!(lines.next(), Some(formula.as_str()), "{REGENERATE} {name}");
    }
}
