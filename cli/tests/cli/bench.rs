//! `bench`: what it says of the work done, whatever the time that it took.

use serde_json::Value;

use crate::common::Folder;

/// A row of each family, small enough for any machine.
const NAMES: [&str; 8] = [
    "relu",
    "softmax",
    "swiglu",
    "gated_mish",
    "cross_entropy",
    "learnable_prelu",
    "randomised_rrelu",
    "statistics_gelu",
];

fn measured(arguments: &[&str]) -> (String, Value) {
    let folder = Folder::new();
    let run = folder.succeeds(&[&["bench"], arguments, &["--json", "out.json"]].concat());
    let report = serde_json::from_slice(&folder.read("out.json")).expect("a JSON object");
    (run.stdout, report)
}

#[test]
fn every_family_has_a_row_for_each_direction() {
    let arguments = ["--elements", "5000", "--row", "100", "--dtype", "f32"];
    let arguments = [NAMES.as_slice(), &arguments, &["--dtype", "bf16"]].concat();
    let (table, report) = measured(&arguments);
    let rows = report["rows"].as_array().expect("rows");
    let number = |row: &Value, field: &str| row[field].as_f64().expect("a number");
    for name in NAMES {
        assert!(table.contains(name), "{name}: {table}");
        for dtype in ["f32", "bf16"] {
            // Tensors of 5000 elements that have to be read or written.
            let expected: &[f64] = match name {
                "swiglu" | "gated_mish" => &[1.5, 2.5],
                "cross_entropy" => &[1.0, 2.0],
                "statistics_gelu" => &[1.0],
                _ => &[2.0, 3.0],
            };
            let own: Vec<_> = rows
                .iter()
                .filter(|row| row["operation"] == name && row["dtype"] == dtype)
                .collect();
            assert_eq!(own.len(), expected.len(), "{name} {dtype}");
            for (row, tensors) in own.into_iter().zip(expected) {
                let bytes = number(row, "gb_per_s") * number(row, "ms_median") * 1e6;
                let elements = number(row, "elements");
                let size = if dtype == "f32" { 4.0 } else { 2.0 };
                assert!((bytes / (elements * size) - tensors).abs() < 1e-9, "{row}");
                assert!((4900.0..=5000.0).contains(&elements), "{row}");
                let [min, median, max] =
                    ["ms_min", "ms_median", "ms_max"].map(|field| number(row, field));
                assert!(0.0 < min && min <= median && median <= max, "{row}");
                let share = number(row, "gb_per_s") / number(row, "roofline_gb_per_s");
                assert!((number(row, "share") / share - 1.0).abs() < 1e-9, "{row}");
            }
        }
    }
    let rooflines = report["rooflines"].as_array().expect("one for each dtype");
    for (roofline, dtype) in rooflines.iter().zip(["f32", "bf16"]) {
        assert_eq!(roofline["dtype"], dtype);
        let best = number(roofline, "copy_gb_per_s").max(number(roofline, "identity_gb_per_s"));
        let mut own = rows.iter().filter(|row| row["dtype"] == dtype);
        assert!(own.all(|row| number(row, "roofline_gb_per_s") == best));
    }
}

#[test]
fn tensors_shorter_than_a_row_are_one() {
    let arguments = [NAMES.as_slice(), &["--elements", "3"]].concat();
    let (_, report) = measured(&arguments);
    for row in report["rows"].as_array().expect("rows") {
        let whole = if row["family"] == "gated" { 2 } else { 3 };
        assert_eq!(row["elements"], whole, "{row}");
    }
}

#[test]
fn what_cannot_be_measured_is_said() {
    let folder = Folder::new();
    folder.write("kept.json", "kept");
    for (arguments, code, text) in [
        (&["no_such"] as &[&str], 2, "no_such"),
        (&["learnable_no_such"], 2, "no_such"),
        (&["statistics_softmax"], 2, "softmax is not elementwise"),
        (&["randomised_gelu"], 2, "randomised_gelu"),
        (&["gelu", "gelu"], 2, "twice"),
        (&["--dtype", "f16", "--dtype", "f16"], 2, "twice"),
        (&["--dtype", "f64"], 2, "f64"),
        (&["--elements", "0"], 2, "2.."),
        (&["--row", "0"], 2, "1.."),
        (&["--elements", "1000000000000"], 1, "--elements"),
        (&["--adapter", "no such adapter"], 1, "no such adapter"),
        (
            &["relu", "--elements", "64", "--json", "no/such/folder.json"],
            1,
            "does not exist",
        ),
    ] {
        let mut arguments = [&["bench"], arguments].concat();
        if !arguments.contains(&"--json") {
            arguments.extend(["--json", "kept.json"]);
        }
        let run = folder.run(&arguments);
        assert_eq!(run.code, Some(code), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(text), "{arguments:?}: {}", run.stderr);
    }
    assert_eq!(folder.read("kept.json"), b"kept");
}

#[test]
fn a_start_is_broken_down() {
    let table = Folder::new().succeeds(&["bench", "--startup=1"]).stdout;
    let mut lines = table.lines().map(|line| {
        let cells = line.split("  ").map(str::trim);
        cells.filter(|cell| !cell.is_empty()).collect::<Vec<_>>()
    });
    assert_eq!(lines.next(), Some(vec!["ms", "kept", "anew"]));
    let number = |cell: &&str| cell.parse::<f64>().expect("a number");
    let rows: Vec<(&str, Vec<f64>)> = lines
        .map(|cells| (cells[0], cells[1..].iter().map(number).collect()))
        .collect();
    let total = rows
        .iter()
        .position(|(name, _)| *name == "to the first result");
    let (phases, rest) = rows.split_at(total.expect("a total"));
    for column in 0..2 {
        let sum: f64 = phases.iter().map(|(_, times)| times[column]).sum();
        // Each is rounded to a tenth.
        assert!((sum - rest[0].1[column]).abs() < 0.6, "{table}");
    }
    let run = Folder::new().run(&["bench", "gelu", "--startup=1"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}
