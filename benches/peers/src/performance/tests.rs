use std::fs;

use super::comparison::{Comparison, PYTORCH_CPU};
use super::record::Machine;
use super::*;

const OURS: &str = r#"{"adapter": "llvmpipe (LLVM 19, 256 bits)", "backend": "vulkan", "driver": "Mesa 25",
    "rooflines": [{"dtype": "f32", "copy_gb_per_s": 20.0, "identity_gb_per_s": 8.0}], "rows": [
    {"operation": "relu", "family": "elementwise", "direction": "forward", "dtype": "f32", "elements": 64, "row": 8, "ms_median": 2.0,
     "gb_per_s": 10.0, "share": 0.9},
    {"operation": "relu", "direction": "forward", "dtype": "f16", "elements": 64, "row": 8, "ms_median": 1.0,
     "gb_per_s": 10.0, "share": 0.9},
    {"operation": "relu", "family": "elementwise", "direction": "backward", "dtype": "f32", "elements": 64, "row": 8, "ms_median": 4.0,
     "gb_per_s": 8.0, "share": 0.7},
    {"operation": "gelu", "family": "elementwise", "direction": "forward", "dtype": "f32", "elements": 64, "row": 8, "ms_median": 10.0,
     "gb_per_s": 2.0, "share": 0.2}
]}"#;

/// burn needs 4 and 9 times as long forward, and 3 times backward, as 13 − 4 is less than 20.
const BURN: &str = r#"{"peer": "burn", "rows": [
    {"operation": "relu", "implementation": "ours", "direction": "forward", "ms_median": 1.0},
    {"operation": "relu", "implementation": "ours", "direction": "backward", "ms_median": 3.0},
    {"operation": "relu", "implementation": "burn", "direction": "forward", "ms_median": 4.0},
    {"operation": "relu", "implementation": "burn", "direction": "backward", "ms_median": 20.0},
    {"operation": "relu", "implementation": "burn", "direction": "both", "ms_median": 13.0},
    {"operation": "gelu", "implementation": "ours", "direction": "forward", "ms_median": 1.0},
    {"operation": "gelu", "implementation": "burn", "direction": "forward", "ms_median": 9.0}
], "checks": [
    {"operation": "relu", "direction": "forward", "worst_difference": 0.0, "agrees": true},
    {"operation": "gelu", "direction": "forward", "worst_difference": 0.5, "agrees": false}
]}"#;

/// Half as fast as the library's relu, twice as fast as its gelu.
const PYTORCH: &str = r#"{"peer": "PyTorch 2", "missing": ["compiled: no compiler"], "rows": [
    {"operation": "relu", "implementation": "eager", "device": "cpu", "direction": "forward", "ms_median": 4.0},
    {"operation": "gelu", "implementation": "eager", "device": "cpu", "direction": "forward", "ms_median": 5.0}
]}"#;

const CPU: &str =
    r#"{"peer": "loop", "cpu": "A CPU", "threads": 2, "date": "2026-11-29", "rows": []}"#;

/// A folder with all files.
fn written() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    for (name, text) in [
        ("ours", OURS),
        ("burn", BURN),
        ("pytorch", PYTORCH),
        ("cpu", CPU),
    ] {
        fs::write(folder.path().join(format!("{name}.json")), text).unwrap();
    }
    folder
}

fn machine() -> Machine {
    Machine::read(written().path()).unwrap()
}

fn comparison(machine: &Machine, title: &str) -> Comparison {
    let mut all = Comparison::all(machine).into_iter();
    all.find(|comparison| comparison.title == title).unwrap()
}

#[test]
fn the_rendered_file_is_current() {
    let machines = Machine::read_all(&folder()).unwrap();
    // Where nothing was measured there is no page either.
    let rendered = match machines.as_slice() {
        [] => String::new(),
        machines => render(machines),
    };
    assert!(
        fs::read_to_string(path()).unwrap_or_default() == rendered,
        "docs/performance.md does not follow from docs/performance/; run `cargo run --release \
         --package wgpu-activations-peers -- performance`"
    );
}

#[test]
fn ratios_are_the_peers_times_by_ours_on_the_same_clock() {
    let burn = comparison(&machine(), "burn");
    let ratio = |operation, direction| burn.pair(operation, direction).map(|pair| pair.ratio());
    assert_eq!(ratio("relu", "forward"), Some(4.0));
    assert_eq!(ratio("relu", "backward"), Some(3.0));
    assert_eq!(ratio("relu", "both"), Some(13.0 / 4.0));
    assert_eq!(ratio("gelu", "backward"), None, "not measured");
    let mean = burn.mean("forward").unwrap();
    assert!((mean - 6.0).abs() < 1e-12, "the root of 4 * 9, not {mean}");
    let worst = burn.worst("forward").unwrap();
    assert_eq!((worst.operation.as_str(), worst.ratio()), ("relu", 4.0));

    let pytorch = comparison(&machine(), PYTORCH_CPU);
    assert_eq!(
        pytorch.pair("relu", "forward").unwrap().ratio(),
        2.0,
        "by f32, not f16"
    );
}

#[test]
fn a_difference_below_zero_is_no_time() {
    let mut machine = machine();
    let burn = machine.burn.as_mut().unwrap();
    let both = burn
        .rows
        .iter_mut()
        .find(|row| row.direction == "both")
        .unwrap();
    both.ms_median = 3.5;
    let burn = comparison(&machine, "burn");
    assert_eq!(burn.pair("relu", "backward").unwrap().theirs, 20.0);
}

#[test]
fn goals_are_judged_by_the_data() {
    let text = page::section(&machine());
    for line in [
        "- burn, forward, geometric mean, at least 2: met (6.00)",
        "- burn, backward, geometric mean, at least 3: met (3.00)",
        "- burn, forward, no operation slower: met (relu 4.00)",
        "- PyTorch eager on the same CPU, forward, geometric mean, at least 1: met (1.00)",
        "- PyTorch eager on the same CPU, backward, geometric mean, at least 1: not measured",
        "- PyTorch, not measured: compiled: no compiler",
        "- burn: gelu forward differs by up to 5.0e-1 from the library's",
    ] {
        assert!(text.contains(line), "no line {line:?} in\n{text}");
    }
    assert!(!text.contains("CUDA"), "there is none on this machine");

    let mut slower = machine();
    for row in &mut slower.burn.as_mut().unwrap().rows {
        if row.implementation == "burn" && row.operation == "relu" {
            row.ms_median /= 8.0;
        }
    }
    let text = page::section(&slower);
    for line in [
        "- burn, backward, geometric mean, at least 3: **not met** (0.38)",
        "- burn, forward, no operation slower: **not met** (relu 0.50)",
    ] {
        assert!(text.contains(line), "no line {line:?} in\n{text}");
    }
}

#[test]
fn shares_are_of_a_kernel_on_the_cpu_and_of_a_copy_elsewhere() {
    let mut machine = machine();
    // The library's own rows have both types of relu.
    machine.halves = Some(self::machine().ours);
    let text = page::section(&machine);
    for line in [
        // 8 of 8 GB/s backward, 10 of 8 forward; gelu 2 of 8; f16 1 ms of 2.
        "- lines between kinks, of the identity kernel, each, at least 0.95: met (relu backward 1.00)",
        "- other elementwise, of the identity kernel, geometric mean, at least 0.5: **not met** (0.25)",
        "- softmax and log_softmax, of the identity kernel, each, at least 0.4: not measured",
        "- f16 and bf16, of the time of f32, at most 0.75: met (relu forward f16 0.50)",
    ] {
        assert!(text.contains(line), "no line {line:?} in\n{text}");
    }
    machine.ours.adapter = "NVIDIA H200".to_owned();
    let text = page::section(&machine);
    for line in [
        "- lines between kinks, of a copy, each, at least 0.95: **not met** (relu backward 0.40)",
        "- other elementwise, of a copy, each, at least 0.92: **not met** (gelu forward 0.10)",
    ] {
        assert!(text.contains(line), "no line {line:?} in\n{text}");
    }
}

#[test]
fn the_table_leaves_gaps_where_nobody_measured() {
    let text = page::section(&machine());
    let row = text
        .lines()
        .find(|line| line.starts_with("| gelu"))
        .unwrap();
    let cells: Vec<_> = row.split('|').map(str::trim).collect();
    let expected = [
        "gelu", "forward", "10.000", "2.0", "20 %", "9.000", "9.00", "5.000", "**0.50**",
    ];
    assert_eq!(cells[1..10], expected);
    let row = text
        .lines()
        .find(|line| line.starts_with("| relu") && line.contains("backward"))
        .unwrap();
    assert_eq!(
        row.matches('–').count(),
        2,
        "PyTorch's time and ratio: {row}"
    );
}

#[test]
fn what_was_measured_replaces_what_was_measured_before() {
    let [from, root] = [tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap()];
    let to = root.path().join("llvmpipe-llvm-19-256-bits");
    fs::create_dir(&to).unwrap();
    fs::write(to.join("burn.json"), BURN).unwrap();
    fs::write(from.path().join("ours.json"), OURS).unwrap();
    fs::write(from.path().join("cpu.json"), CPU).unwrap();
    take_over(from.path(), root.path()).unwrap();
    let mut names: Vec<_> = fs::read_dir(&to)
        .unwrap()
        .map(|entry| entry.unwrap().file_name())
        .collect();
    names.sort();
    assert_eq!(names, ["cpu.json", "ours.json"]);
    let [machine] = Machine::read_all(root.path())
        .unwrap()
        .try_into()
        .ok()
        .unwrap();
    let text = page::section(&machine);
    assert!(text.contains("- burn: not measured"), "{text}");
    assert!(text.contains("A CPU, 2 threads; 2026-11-29"), "{text}");
}
