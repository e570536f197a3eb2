//! `verify`, on an adapter.

use std::fs;

use serde_json::Value;

use crate::common::{Folder, Run};

const CHECKPOINT: &str = "wgpu-activations-verify.checkpoint.json";

fn json(run: &Run) -> Vec<Value> {
    serde_json::from_str(&run.stdout).expect("a JSON array")
}

#[test]
fn both_directions_and_all_types_are_reported() {
    let run = Folder::new().succeeds(&["verify", "relu", "step", "--json"]);
    let mut reports = json(&run);
    let others = reports.split_off((1 + 3) * 3 * 2);
    let families: Vec<_> = others.iter().map(|row| &row["family"]).collect();
    let expected = ["statistics", "learnable", "statistics"].map(|family| [family; 3]);
    assert_eq!(families, expected.concat(), "step has a threshold");
    for (n, report) in reports.iter().enumerate() {
        assert_eq!(report["direction"], ["forward", "backward"][n % 2]);
        assert_eq!(report["dtype"], ["f32", "f16", "bf16"][n / 2 % 3]);
        assert_eq!(report["input_dtype"], report["dtype"]);
        assert_eq!(report["passed"], true);
        match report["dtype"].as_str() {
            Some("f32") => {
                assert!(report["inputs"].as_u64() > Some(100_000));
                assert_eq!(report["bound"], 4.0);
            }
            _ => {
                assert_eq!(report["inputs"], 65_536);
                assert_eq!(report["bound"], 1.0);
            }
        }
        assert_eq!(report["correctly_rounded"], report["inputs"]);
        assert!(report["max_ulp"].as_f64() <= Some(1.0));
        let wgsl = report["wgsl"].as_str().expect("a fingerprint");
        assert!(
            wgsl.len() == 16 && u64::from_str_radix(wgsl, 16).is_ok(),
            "{wgsl}"
        );
        // One for each activation, direction and type.
        let first = &reports[n % 6];
        assert_eq!(wgsl == first["wgsl"], report["activation"] == "relu");
        for field in ["activation", "worst_input", "expected", "actual", "seconds"] {
            assert!(!report[field].is_null(), "{field}");
        }
    }
}

#[test]
fn the_adapter_is_named_above_its_table() {
    let folder = Folder::new();
    let run = folder.succeeds(&["verify", "relu", "--dtype", "bf16", "--json"]);
    let (adapter, backend) = (&json(&run)[0]["adapter"], &json(&run)[0]["backend"]);
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    let name = format!("{} ({})", text(adapter), text(backend));

    let table = folder
        .succeeds(&["verify", "relu", "--dtype", "bf16"])
        .stdout;
    // The adapter, a table of 2 and one of 1.
    assert_eq!(table.lines().count(), 1 + 3 + 2, "{table}");
    assert!(table.starts_with(&name), "{table}");

    let one = ["verify", "relu", "--dtype", "bf16", "--adapter", &name];
    let twice = [&one[..], &["--adapter", &name[1..]]].concat();
    folder.fails(&twice, 2, &["several --adapter choose", &name]);
    folder.fails(&["verify", "relu", "relu"], 2, &["relu is named twice"]);
    let dtypes = ["verify", "relu", "--dtype", "f16", "--dtype", "f16"];
    folder.fails(&dtypes, 2, &["f16 is named twice"]);
}

#[test]
fn the_table_has_the_bound_of_each_activation() {
    let run = Folder::new().succeeds(&["verify", "tanh", "relu", "--dtype", "f32"]);
    let mut lines = run.stdout.lines().skip(1);
    let column = lines.next().and_then(|titles| titles.find("  bound  "));
    let column = column.expect("a column for it");
    let bounds: Vec<_> = lines
        .take(4)
        .map(|line| line[column..].split_whitespace().next())
        .collect();
    assert_eq!(bounds, ["2", "2", "4", "4"].map(Some), "{}", run.stdout);
}

#[test]
fn a_walk_in_strides_leaves_no_checkpoint() {
    let folder = Folder::new();
    let every = [
        "verify",
        "leaky_relu",
        "--every",
        "65521",
        "--dtype",
        "f32",
        "--json",
    ];
    let rows = json(&folder.succeeds(&every));
    assert_eq!(rows.len(), 3 * 2, "with the unusual hyper-parameters");
    let patterns = (1_u64 << 32).div_ceil(65_521);
    assert!(
        rows[0]["inputs"].as_u64() > Some(patterns),
        "and with the edge cases"
    );
    assert_eq!(rows[0]["passed"], true);
    assert_eq!(fs::read_dir(folder.path()).expect("a folder").count(), 0);
}

#[test]
fn checkpoints_that_do_not_fit_are_refused() {
    let folder = Folder::new();
    let every = ["verify", "relu", "--every", "65521"];
    folder.write(CHECKPOINT, "{\"format\": 2");
    folder.fails(
        &every,
        1,
        &[CHECKPOINT, "damaged", "remove it", "--checkpoint"],
    );
    folder.write(CHECKPOINT, "{\"format\": 1, \"version\": \"0.0.1\"}");
    folder.fails(&every, 1, &[CHECKPOINT, "format 1", "remove it"]);
    folder.write(CHECKPOINT, "{\"format\": 2, \"version\": \"0.0.1\"}");
    folder.fails(&every, 1, &[CHECKPOINT, "version 0.0.1", "remove it"]);
    // Nobody asked for that one.
    folder.succeeds(&["verify", "relu", "--dtype", "f16"]);
    let elsewhere = ["--checkpoint", "mine.json"];
    folder.succeeds(&[&every[..], &elsewhere].concat());
    let nowhere = ["--checkpoint", "no/folder.json"];
    folder.fails(
        &[&every[..], &nowhere].concat(),
        1,
        &["no/folder.json", "create it first"],
    );
    let folder_itself = ["--checkpoint", "."];
    folder.fails(
        &[&every[..], &folder_itself].concat(),
        1,
        &["cannot write .", "it is a folder"],
    );
}

#[test]
fn rows_are_verified_beside_elements() {
    let folder = Folder::new();
    let arguments = ["verify", "relu", "softmax", "--dtype", "bf16"];
    let rows = json(&folder.succeeds(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(rows.len(), 2 + 1 + 3 * 2, "softmax has three scales");
    for (n, row) in rows[3..].iter().enumerate() {
        assert_eq!(
            (&row["activation"], &row["family"]),
            (&"softmax".into(), &"rows".into())
        );
        assert_eq!(row["direction"], ["forward", "backward"][n % 2]);
        assert_eq!(
            (&row["dtype"], &row["passed"]),
            (&"bf16".into(), &true.into())
        );
        assert!(row["inputs"].as_u64() > Some(100_000));
        assert!(row["max_ulp"].as_f64() <= Some(1.0) && row["bound"] == 1.0);
        for field in [
            "shape", "axis", "row", "element", "input", "expected", "actual",
        ] {
            assert!(!row["worst"][field].is_null(), "{field}");
        }
        assert!(row["parameters"]["scale"].is_f64() && row["seconds"].is_f64());
    }
    assert_eq!(rows[0]["family"], "elementwise");

    let table = folder.succeeds(&arguments).stdout;
    // The adapter, a table of 2 and one of 1 and 6.
    assert_eq!(table.lines().count(), 1 + 3 + 8, "{table}");
    let worst = table.lines().last().expect("a line");
    assert!(
        worst.contains(" along ") && worst.contains(", row "),
        "{worst}"
    );
}

#[test]
fn gated_units_are_verified_in_every_type() {
    let folder = Folder::new();
    let arguments = ["verify", "swiglu", "gated_swish"];
    let rows = json(&folder.succeeds(&[&arguments[..], &["--json"]].concat()));
    assert_eq!(rows.len(), 2 * 3 * 2);
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(row["activation"], ["swiglu", "gated_swish"][n / 6]);
        assert_eq!(
            (&row["family"], &row["passed"]),
            (&"gated".into(), &true.into())
        );
        assert_eq!(row["dtype"], ["f32", "f16", "bf16"][n / 2 % 3]);
        assert_eq!(row["bound"], if row["dtype"] == "f32" { 9.5 } else { 1.0 });
        assert!(row["inputs"].as_u64() > Some(15_000));
        // Nothing is without any error.
        assert!(
            row["max_ulp"].as_f64() > Some(0.0) && row["max_ulp"].as_f64() <= row["bound"].as_f64()
        );
        for field in ["result", "a", "b", "grad_output", "expected", "actual"] {
            assert!(!row["worst"][field].is_null(), "{field}");
        }
    }
    assert_eq!(rows[6]["parameters"]["beta"], 1.0);

    let table = folder
        .succeeds(&[&arguments[..], &["--dtype", "bf16"]].concat())
        .stdout;
    assert_eq!(table.lines().count(), 1 + 1 + 4, "{table}");
    assert!(
        table.contains("grad_output ") && table.contains("beta 1"),
        "{table}"
    );
}

#[test]
fn derivatives_by_hyper_parameters_are_verified_beside_elements() {
    let folder = Folder::new();
    let arguments = ["verify", "srelu", "elu", "--dtype", "f16"];
    let rows = json(&folder.succeeds(&[&arguments[..], &["--json"]].concat()));
    let learnt = rows.iter().filter(|row| row["family"] == "learnable");
    let learnt: Vec<_> = learnt.collect();
    let names: Vec<_> = learnt
        .iter()
        .map(|row| (&row["activation"], &row["by"]))
        .collect();
    let expected = [
        ("srelu", "threshold_left"),
        ("srelu", "slope_left"),
        ("srelu", "threshold_right"),
        ("srelu", "slope_right"),
        ("elu", "alpha"),
    ];
    assert_eq!(names.len(), expected.len());
    for ((row, names), expected) in learnt.iter().zip(names).zip(expected) {
        assert_eq!(names, (&expected.0.into(), &expected.1.into()));
        assert_eq!(
            (&row["direction"], &row["dtype"]),
            (&"backward".into(), &"f16".into())
        );
        assert_eq!((&row["passed"], &row["bound"]), (&true.into(), &1.0.into()));
        assert!(row["inputs"].as_u64() > Some(20_000));
        assert!(row["max_ulp"].as_f64() <= Some(1.0));
    }
    let worst = &learnt[4]["worst"];
    for field in ["input", "expected", "actual"] {
        assert!(!worst[field].is_null(), "{field}");
    }
    assert!(!worst["parameters"]["alpha"].is_null());

    let table = folder.succeeds(&arguments).stdout;
    assert!(
        table.contains("by slope_right") && table.contains("alpha "),
        "{table}"
    );
}

#[test]
fn losses_are_verified_with_every_reduction() {
    let folder = Folder::new();
    let arguments = ["verify", "cross_entropy", "--dtype", "f16"];
    let rows = json(&folder.succeeds(&[&arguments[..], &["--json"]].concat()));
    let mut reductions = Vec::new();
    for (n, row) in rows.iter().enumerate() {
        assert_eq!(
            (&row["activation"], &row["family"]),
            (&"cross_entropy".into(), &"loss".into())
        );
        assert_eq!(row["direction"], ["forward", "backward"][n % 2]);
        assert_eq!((&row["passed"], &row["bound"]), (&true.into(), &1.0.into()));
        // Nothing is without any error.
        assert!(row["max_ulp"].as_f64() > Some(0.0));
        assert!(
            !row["worst"]["shape"].is_null()
                && row["worst"]["row"].is_null() == (n < 6 && n % 2 == 0)
        );
        assert!(row["parameters"]["label_smoothing"].is_f64());
        reductions.extend(row["parameters"]["reduction"].as_str().map(str::to_owned));
    }
    let expected = ["mean", "mean", "sum", "none", "none", "none"];
    let expected: Vec<_> = expected.iter().flat_map(|name| [*name; 2]).collect();
    assert_eq!(reductions, expected);

    let table = folder.succeeds(&arguments).stdout;
    assert_eq!(table.lines().count(), 1 + 1 + 12, "{table}");
    assert!(
        table.contains("label_smoothing 0.1, sum") && table.contains(", class "),
        "{table}"
    );
}

#[test]
fn random_slopes_and_statistics_are_verified_beside_elements() {
    let folder = Folder::new();
    let arguments = ["verify", "rrelu", "--dtype", "f32"];
    let rows = json(&folder.succeeds(&[&arguments[..], &["--json"]].concat()));
    let of = |family: &str| -> Vec<_> {
        let own = rows.iter().filter(|row| row["family"] == family);
        own.collect()
    };
    let randomised = of("randomised");
    assert_eq!(randomised.len(), 3 * 2, "between three pairs of bounds");
    for (n, row) in randomised.iter().enumerate() {
        assert_eq!(row["activation"], "rrelu");
        assert_eq!(row["direction"], ["forward", "backward"][n % 2]);
        let lower = row["parameters"]["lower"].as_f64().expect("a number");
        assert!((lower - [0.125, 0.1, -0.5][n / 2]).abs() < 1e-6, "{row}");
        assert_eq!((&row["passed"], &row["bound"]), (&true.into(), &4.0.into()));
        assert!(row["inputs"].as_u64() > Some(16_000));
        assert!(row["max_ulp"].as_f64() > Some(0.0));
        for field in [
            "element",
            "input",
            "slope",
            "grad_output",
            "expected",
            "actual",
        ] {
            assert!(row["worst"][field].is_number(), "{field}: {row}");
        }
    }
    let statistics = of("statistics");
    assert_eq!(statistics.len(), 1);
    let row = statistics[0];
    assert_eq!(
        (&row["activation"], &row["passed"]),
        (&"rrelu".into(), &true.into())
    );
    assert_eq!(row["direction"], "forward");
    assert!(row["inputs"].as_u64() > Some(50_000));
    assert!(row["max_ulp"].as_f64() <= Some(4.0) && row["bound"] == 4.0);
    for field in ["shape", "axis", "series", "statistic", "expected", "actual"] {
        assert!(!row["worst"][field].is_null(), "{field}: {row}");
    }

    let table = folder.succeeds(&arguments).stdout;
    for part in [
        "upper 0.25, in training",
        "slope -",
        " statistics ",
        ", channel ",
    ] {
        assert!(table.contains(part), "no {part:?} in {table}");
    }
}

#[test]
fn there_is_no_walk_over_rows_and_pairs() {
    let folder = Folder::new();
    let pairs = ["verify", "relu", "glu", "--exhaustive"];
    folder.fails(&pairs, 2, &["glu", "pairs of elements", "--exhaustive"]);
    for walk in [&["--exhaustive"][..], &["--every", "65521"]] {
        let named = [&["verify", "relu", "softmin"][..], walk].concat();
        folder.fails(&named, 2, &["softmin", "whole rows", "--exhaustive"]);
    }
}

#[test]
fn wrong_usage_is_refused() {
    let folder = Folder::new();
    folder.fails(&["verify", "relu", "sillu"], 2, &["\"sillu\"", "\"silu\""]);
    for (arguments, word) in [
        (&["--dtype", "f64"][..], "f16 or bf16"),
        (&["--every", "0"], "from 1 to 4294967295"),
        (&["--every", "-1"], "from 1 to 4294967295"),
        (&["--every", "1e3"], "from 1 to 4294967295"),
        (&["--every", "5000000000"], "from 1 to 4294967295"),
        (&["--checkpoint", "unused.json"], "--every"),
        (&["--every", "9", "--exhaustive"], "cannot be used with"),
        (&["--variants"], "--exhaustive"),
    ] {
        let run = folder.run(&[&["verify", "relu"], arguments].concat());
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(word), "{}", run.stderr);
    }
    folder.fails(
        &["verify", "relu", "--adapter", "abacus (vulkan)"],
        1,
        &["\"abacus (vulkan)\""],
    );
}
