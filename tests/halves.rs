//! Holds the f64 references, rounded to 16 bits, against the tables of results next to halfway between
//! two numbers, which `tools/halves.py` computed from the formulas alone.

use std::fs;
use std::path::PathBuf;

use half::{bf16, f16};
use wgpu_activations::verify::round_to;
use wgpu_activations::{Activation, Dtype, reference::Reference};

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

#[test]
fn references_keep_the_side_of_a_half() {
    let mut wrong = Vec::new();
    let mut results = 0;
    for (name, text) in tables() {
        let mut activation = Activation::named(&name).expect("checked by the other test");
        let mut function: fn(&Reference, f64, &[f64]) -> f64 = Reference::forward_at;
        let mut dtype = Dtype::F16;
        for line in text.lines() {
            if let Some(values) = line.strip_prefix("# parameters:") {
                activation = with_values(&name, values);
            } else if let Some((direction, kind)) = group(line) {
                dtype = kind.parse().expect("a type");
                function = match direction {
                    "forward" => Reference::forward_at,
                    _ => Reference::derivative_at,
                };
            } else if let Some((input, result)) = line.split_once('\t') {
                let (x, expected) = (number(dtype, input), number(dtype, result));
                let reference = activation.reference().expect("it is in the catalogue");
                let exact = function(reference, x, &activation.values_f64());
                let rounded = round_to(dtype, exact);
                results += 1;
                if rounded != expected {
                    let values = activation.values();
                    wrong.push(format!(
                        "{name}{values:?} at {x:e}: {exact:e} is rounded to {rounded:e}, not to \
                         {expected:e} in {dtype}"
                    ));
                }
            }
        }
    }
    assert!(results > 2000, "only {results} results");
    assert!(
        wrong.is_empty(),
        "{} of {results} results disagree, among them\n{}",
        wrong.len(),
        wrong[..wrong.len().min(20)].join("\n")
    );
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
