//! `list`, `adapters` and `wgsl`.

use std::process::Stdio;

use crate::common::Folder;
use serde_json::Value;

fn json(arguments: &[&str]) -> Vec<Value> {
    let run = Folder::new().succeeds(arguments);
    serde_json::from_str(&run.stdout).expect("a JSON array")
}

#[test]
fn list_has_every_activation() {
    let list = json(&["list", "--json"]);
    assert!(list.len() >= 55, "{}", list.len());
    let find = |name: &str| list.iter().find(|row| row["name"] == name).expect("a row");
    let celu = find("celu");
    assert_eq!(
        celu["parameters"],
        serde_json::json!([{"name": "alpha", "default": 1.0}])
    );
    // The bound is narrower for what is made of one elementary function.
    for (name, bound) in [("exponential", 2.0), ("gelu", 4.0)] {
        assert_eq!(find(name)["bound"], bound, "{name}");
    }
    assert_eq!(
        find("relu")["properties"]["range"],
        serde_json::json!([0.0, "inf"])
    );
    let softmax = find("softmax");
    assert_eq!(
        softmax["parameters"],
        serde_json::json!([{"name": "scale", "default": 1.0}])
    );
    assert_eq!(softmax["bound"], 8.0);
    let families: Vec<_> = list.iter().map(|row| row["family"].as_str()).collect();
    let count = |name| {
        families
            .iter()
            .filter(|family| **family == Some(name))
            .count()
    };
    assert_eq!(["rows", "gated", "loss"].map(count), [3, 6, 1]);
    assert_eq!(count("elementwise"), list.len() - 10);
    let swiglu = find("swiglu");
    assert_eq!(
        (&swiglu["family"], &swiglu["bound"]),
        (&"gated".into(), &9.5.into())
    );
    assert_eq!(
        (&swiglu["formula"], &swiglu["parameters"]),
        (&"a * silu(b)".into(), &Value::Array(vec![]))
    );
    assert!(
        swiglu["citation"]
            .as_str()
            .is_some_and(|text| text.contains("Shazeer"))
    );
    for row in &list {
        for text in ["formula", "citation"] {
            assert!(!row[text].as_str().expect("a text").is_empty(), "{row}");
        }
    }
    for row in list.iter().filter(|row| row["family"] == "elementwise") {
        let name = row["name"].as_str().expect("a name");
        let variants = row["variants"].as_array().expect("variants");
        // The first are the defaults, as the f32 that the shader gets.
        for parameter in row["parameters"].as_array().expect("parameters") {
            let default = parameter["default"].as_f64().expect("a number") as f32;
            let first = &variants[0]["parameters"][parameter["name"].as_str().expect("a name")];
            assert_eq!(first.as_f64(), Some(f64::from(default)), "{name}");
        }
    }
    let table = Folder::new().succeeds(&["list"]).stdout;
    assert_eq!(table.lines().count(), list.len() + 1);
    let line = |name: &str| table.lines().find(|line| line.starts_with(name));
    assert!(line("exponential ").is_some_and(|line| line.contains("  2 ULP  ")));
    assert!(line("gelu ").is_some_and(|line| line.contains("  4 ULP  ")));
    assert!(line("softmin ").is_some_and(|line| line.contains("  rows  ")));
}

#[test]
fn adapters_are_described() {
    for adapter in json(&["adapters", "--json"]) {
        assert!(!adapter["name"].as_str().expect("a name").is_empty());
        assert!(adapter["limits"]["max_buffer_size"].as_u64() > Some(0));
        assert!(adapter["features"].is_array());
    }
}

#[test]
fn a_reader_who_leaves_early_is_no_failure() {
    let folder = Folder::new();
    let mut command = folder.command();
    command
        .args(["list", "--json"])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    let mut child = command.spawn().expect("the command starts");
    drop(child.stdout.take());
    let output = child.wait_with_output().expect("the command ends");
    assert_eq!(
        (output.status.code(), output.stderr.as_slice()),
        (Some(0), &b""[..])
    );
}

#[test]
fn wgsl_to_take_away_is_printed() {
    let folder = Folder::new();
    let run = folder.succeeds(&["wgsl", "leaky_relu", "--set", "negative_slope=1/4"]);
    let text = run.stdout;
    for part in [
        "fn leaky_relu_forward(x: f32) -> f32 {",
        "fn leaky_relu_derivative(x: f32) -> f32 {",
        "leaky_relu_Parameters(2.5e-1f)",
    ] {
        assert!(text.contains(part), "{part} in {text}");
    }
    folder.fails(&["wgsl", "softmax"], 2, &["WGSL", "softmax", "elementwise"]);
    folder.fails(&["wgsl", "gelu", "--set", "beta=1"], 2, &["gelu", "beta"]);
    folder.fails(&["wgsl", "geluu"], 2, &["geluu", "gelu"]);
}
