//! What functions of f32 are tried on.

use std::f64::consts::FRAC_PI_2;
use std::path::{Path, PathBuf};
use std::{fs, io};

use serde_json::Value;
use wgpu_activations::verify::Samples;
use wgpu_activations::{Activation, Dtype};

use crate::common::guarded::value;

pub(crate) const FEW: Samples = Samples {
    spaced: 1 << 11,
    random: 1 << 12,
    seed: 0,
};

/// Edge cases and samples, with powers of two, whose results may be the least normal number, with multiples
/// of pi / 2, near which little is left of an angle, and with what was found worst among all inputs, for
/// this library or for others.
pub(crate) fn inputs(activation: &Activation, samples: &Samples) -> Vec<f32> {
    let mut inputs = samples.inputs(activation);
    inputs.extend((-149..128).flat_map(|n| [1.0, -1.0].map(|sign| sign * 2.0_f32.powi(n))));
    inputs.extend(
        (1..2000)
            .step_by(7)
            .map(|k| (f64::from(k) * FRAC_PI_2) as f32),
    );
    // The f32 that is nearest to a multiple.
    inputs.push(7.729_179e28);
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/accuracy");
    for path in measurements(&folder) {
        let text = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{}: {e}", path.display()));
        let found = worst_inputs(&text, activation.name());
        inputs.extend(found.unwrap_or_else(|| panic!("{} has no such rows", path.display())));
    }
    inputs
}

/// The files of measured errors that are there; a folder that is not there has none.
fn measurements(folder: &Path) -> Vec<PathBuf> {
    let entries = match fs::read_dir(folder) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Vec::new(),
        entries => entries.unwrap_or_else(|e| panic!("{}: {e}", folder.display())),
    };
    let names = entries.map(|entry| entry.expect("the folder can be read").file_name());
    let mut names: Vec<_> = names.flat_map(|name| name.into_string()).collect();
    // Costs have no inputs, and confirmed samples no walks.
    let is_walk = |name: &String| !name.starts_with("cost-") && name != "samples.json";
    names.retain(|name| name.ends_with(".json") && is_walk(name));
    names.sort();
    names.iter().map(|name| folder.join(name)).collect()
}

/// The worst inputs of an activation in both directions and all types, each with two neighbours on
/// either side; `None` where the text is not what measurements are written as.
fn worst_inputs(text: &str, activation: &str) -> Option<Vec<f32>> {
    let rows: Vec<Value> = serde_json::from_str(text).ok()?;
    let mut inputs = Vec::new();
    for row in rows {
        let field = |name: &str| row.get(name)?.as_str();
        let dtype: Dtype = field("dtype")?.parse().ok()?;
        let digits = field("worst_input")?.strip_prefix("0x")?;
        let input = value(dtype, u32::from_str_radix(digits, 16).ok()?);
        if field("activation")? == activation {
            let near = |step| f32::from_bits(input.to_bits().wrapping_add_signed(step));
            inputs.extend((-2..=2).map(near));
        }
    }
    Some(inputs)
}

#[test]
fn worst_inputs_come_with_their_neighbours() {
    let row = |activation: &str, dtype: &str, input: &str| {
        format!(r#"{{"activation":"{activation}","dtype":"{dtype}","worst_input":"{input}"}}"#)
    };
    let rows = [
        row("tanh", "f32", "0x3f800000"),
        row("relu", "f32", "0x40000000"),
        row("tanh", "f16", "0xbc00"),
    ];
    let found = worst_inputs(&format!("[\n{}\n]\n", rows.join(",\n")), "tanh");
    let bits: Vec<_> = found.expect("rows").iter().map(|x| x.to_bits()).collect();
    let expected = [0x3f80_0000, 0xbf80_0000].map(|x: u32| [x - 2, x - 1, x, x + 1, x + 2]);
    assert_eq!(bits, expected.concat());
    for damaged in ["", "[{}]", &format!("[{}]", row("tanh", "f8", "0x00"))] {
        assert_eq!(worst_inputs(damaged, "tanh"), None, "{damaged}");
    }
}

#[test]
fn a_missing_folder_has_no_measurements() {
    let folder = tempfile::tempdir().expect("a folder");
    assert!(measurements(&folder.path().join("missing")).is_empty());
    for name in ["b.json", "a.json", "cost-a.json", "a.json.unfinished"] {
        fs::write(folder.path().join(name), "[]").expect("written");
    }
    let expected = ["a.json", "b.json"].map(|name| folder.path().join(name));
    assert_eq!(measurements(folder.path()), expected);
}
