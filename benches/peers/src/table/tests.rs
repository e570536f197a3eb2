use super::*;
use crate::rows::tests::row;

#[test]
fn the_rendered_file_is_current() {
    let measured = Measured::read().unwrap();
    let has_any = !measured.subjects.is_empty() || !measured.costs.is_empty();
    // Where nothing was measured there is no page either.
    let rendered = if has_any {
        measured.render().unwrap()
    } else {
        String::new()
    };
    let file = fs::read_to_string(path()).unwrap_or_default();
    assert!(
        file == rendered,
        "docs/accuracy.md does not follow from docs/accuracy/; run `cargo run --release \
         --package wgpu-activations-peers -- table`"
    );
}

#[test]
fn every_measured_row_is_of_the_current_shader() {
    let stale = stale::names(&Measured::read().unwrap());
    assert!(
        stale.is_empty(),
        "measured with another shader, so measure again, or remove them with `peers table \
         --drop-stale`: {stale:#?}"
    );
}

#[test]
fn rows_of_other_shaders_are_stale() {
    let mut measured = measured([0.0; 3]);
    measured.samples = serde_json::from_str(
        r#"[{"adapter": "a", "driver": "", "direction": "backward", "dtype": "f16", "samples": 1, "near_a_zero": 0,
            "max_ulp": 0.5, "activation": "tanh", "input": 1.0, "wgsl": "0", "seed": 0, "date": "2026-01-01"}]"#,
    )
    .unwrap();
    measured.variants = vec![variant(1 << 32)];
    let names = stale::names(&measured);
    // That of PyTorch has no shader.
    assert_eq!(
        names,
        [
            "tanh forward f32 of vulkan-llvmpipe",
            "tanh forward f32 of gl-llvmpipe",
            "unusual hyper-parameters of elu forward",
            "the samples of backward f16 on a"
        ]
    );
}

/// Measurements of tanh forward: two adapters of ours, and PyTorch.
fn measured(errors: [f64; 3]) -> Measured {
    let [vulkan, gl, pytorch] = errors.map(|error| row("tanh", error));
    let subject = |kind, backend: &str, mut row: Row| {
        row.subject.kind = kind;
        row.subject.backend = backend.to_owned();
        if kind == Kind::PyTorch {
            row.wgsl = None;
        }
        (row.subject.clone(), vec![row])
    };
    Measured {
        subjects: vec![
            subject(Kind::Ours, "vulkan", vulkan),
            subject(Kind::Ours, "gl", gl),
            subject(Kind::PyTorch, "PyTorch", pytorch),
        ],
        ..Measured::default()
    }
}

/// The cells of tanh's first line.
fn cells(table: &str) -> Vec<&str> {
    let line = table
        .lines()
        .find(|line| line.starts_with("| `tanh`"))
        .unwrap();
    line.split('|')
        .map(str::trim)
        .filter(|cell| !cell.is_empty())
        .collect()
}

#[test]
fn the_worst_adapter_counts_and_what_is_not_measured_is_left_open() {
    let overview = accuracy::overview(&measured([1.25, 1.75, 1e7]));
    assert_eq!(
        cells(&overview),
        ["`tanh`", "1.75", "–", "**1.0e7**", "–", "–", "–"]
    );
    let overview = accuracy::overview(&measured([f64::NAN, 9.0, f64::INFINITY]));
    assert_eq!(cells(&overview)[1..4], ["**NaN**", "–", "**∞**"]);
}

#[test]
fn each_adapter_has_a_column_with_its_worst_input() {
    let table = accuracy::by_adapter(&measured([1.25, 0.0, 0.0]), "f32");
    let header = table
        .lines()
        .find(|line| line.contains("direction"))
        .unwrap();
    assert!(
        header.contains("llvmpipe, Vulkan") && header.contains("llvmpipe, OpenGL"),
        "{header}"
    );
    let line = [
        "`tanh`",
        "forward",
        "1.25 at 1 (`0x3f800000`)",
        "0.00",
        "93.49 %",
    ];
    assert_eq!(cells(&table), line);
    assert_eq!(accuracy::by_adapter(&measured([0.0; 3]), "f16"), "");
    let mut sixteen = measured([0.5; 3]);
    sixteen.subjects[0].1[0].dtype = "f16".to_owned();
    let table = accuracy::by_adapter(&sixteen, "f16");
    assert_eq!(cells(&table).last(), Some(&"**93.49 %**"));
}

#[test]
fn what_is_not_quite_right_is_marked() {
    let mut row = row("tanh", 1.0);
    assert_eq!(ulp(Some(&row), 4.0), "1.00");
    (row.keeps_nan, row.infinity_disagreements, row.every) = (false, 1, 251);
    assert_eq!(ulp(Some(&row), 4.0), "1.00 (every 251) °†");
    (row.keeps_nan, row.keeps_limits, row.infinity_disagreements) = (true, false, 0);
    assert_eq!(ulp(Some(&row), 0.5), "**1.00** (every 251) ‡");
    row.largest_term = true;
    assert_eq!(ulp(Some(&row), 0.5), "**1.00** (every 251) \\*‡");
}

#[test]
fn gaps_are_told() {
    let gaps = measured([0.0; 3]).gaps();
    assert_eq!(gaps.len(), 9, "{gaps:#?}");
    let says = |gap: &str, subject, missing: usize| {
        assert!(gap.contains(&format!("{subject}: {missing} rows")), "{gap}");
    };
    let rows = table_rows().count();
    says(&gaps[0], "vulkan-llvmpipe, f32", rows - 1);
    let of_pytorch = expected_rows(Kind::PyTorch).count();
    assert!(of_pytorch < rows);
    says(&gaps[6], "pytorch, f32", of_pytorch - 1);
    assert!(
        gaps[7].starts_with("unusual hyper-parameters"),
        "{}",
        gaps[7]
    );
    assert!(gaps[8].contains("confirm_samples.py"), "{}", gaps[8]);
    let mut sampled = measured([0.0; 3]);
    sampled.subjects[0].1[0].every = 251;
    says(&sampled.gaps()[0], "vulkan-llvmpipe, f32", rows);
}

/// As `verify --exhaustive --variants --json` prints it.
fn variant(inputs: u64) -> variants::Row {
    let text = r#"{"activation": "elu", "family": "elementwise", "parameters": {"alpha": 0.009999999776482582},
        "direction": "forward", "input_dtype": "f32", "dtype": "f32", "adapter": "llvmpipe", "backend": "vulkan",
        "driver": "Mesa", "wgsl": "0", "inputs": INPUTS, "max_ulp": 0.987, "bound": 2.0, "worst_input": -2.5,
        "note": null, "seconds": 1.0, "passed": true}"#;
    serde_json::from_str(&text.replace("INPUTS", &inputs.to_string())).unwrap()
}

#[test]
fn unusual_hyper_parameters_that_were_measured_have_a_line_each() {
    let missing = |rows: &[variants::Row]| {
        let gap = variants::gap(rows).unwrap();
        gap.split(' ').nth(2).unwrap().parse::<usize>().unwrap()
    };
    let whole = [variant(1 << 32)];
    let section = variants::section(&whole);
    let lines: Vec<_> = section.lines().filter(|line| line.contains('`')).collect();
    let cells: Vec<_> = lines[1].split('|').map(str::trim).collect();
    assert_eq!(cells[1..5], ["`elu`", "alpha=0.01", "0.99 at −2.5", "–"]);
    assert_eq!(lines.len(), 2, "the command and the only line: {lines:?}");
    // A sample is not all.
    let sample = [variant(1 << 24)];
    assert_eq!(variants::section(&sample), "");
    assert_eq!(missing(&whole) + 1, missing(&sample));
}

/// A new activation may wait to be measured; what was measured once is not lost again.
#[test]
fn what_one_subject_measured_all_have() {
    let measured = Measured::read().unwrap();
    let slugs: Vec<_> = measured.subjects.iter().map(|(it, _)| it.slug()).collect();
    for slug in [
        "vulkan-llvmpipe",
        "gl-llvmpipe",
        "vulkan-swiftshader",
        "naive-vulkan-llvmpipe",
        "pytorch",
    ] {
        assert!(slugs.iter().any(|it| it == slug), "no {slug} in {slugs:?}");
    }
    let all: Vec<_> = measured.subjects.iter().flat_map(|(_, it)| it).collect();
    for (subject, rows) in &measured.subjects {
        for dtype in dtypes(subject.kind) {
            for (row, direction) in expected_rows(subject.kind) {
                let is_new = !all.iter().any(|it| it.activation == row.name);
                assert!(
                    is_new || find(rows, row.name, direction, dtype).is_some(),
                    "{} lacks {} {direction} {dtype}",
                    subject.slug(),
                    row.name
                );
            }
        }
    }
}

#[test]
fn every_measured_row_of_ours_is_within_its_bound() {
    let measured = Measured::read().unwrap();
    for row in measured.of(Kind::Ours).flat_map(|(_, rows)| rows) {
        let definition = catalogue()
            .find(|known| known.name == row.activation)
            .unwrap();
        let name = format!("{} {} {}", row.activation, row.direction, row.dtype);
        assert!(
            row.max_ulp.0 <= accuracy::bound(definition, &row.dtype),
            "{name}"
        );
        assert_eq!(
            (row.nan_disagreements, row.infinity_disagreements),
            (0, 0),
            "{name}"
        );
        assert!(row.keeps_nan && row.keeps_limits, "{name}");
        assert_eq!((row.every, row.beyond_bound), (1, 0), "{name}");
        let wrong = row.inputs - row.correctly_rounded;
        assert!(row.dtype == "f32" || wrong <= row.inputs / 1000, "{name}");
    }
}

#[test]
fn instructions_are_counted_of_every_shader() {
    let table = cost::instructions().unwrap();
    let relu = table
        .lines()
        .find(|line| line.starts_with("| `relu` "))
        .unwrap();
    assert!(relu.contains("(1)"), "max is a built-in function: {relu}");
    assert_eq!(
        table.lines().filter(|line| line.starts_with("| `")).count(),
        catalogue().count()
    );
}
