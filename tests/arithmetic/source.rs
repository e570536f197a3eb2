//! The WGSL of an activation with the modules that it requires, without a kernel around it.

use std::fmt::Write as _;
use std::fs;

use wgpu_activations::Activation;

pub(crate) fn source(activation: &Activation) -> String {
    let mut text = String::new();
    let mut seen = Vec::new();
    append_required(activation.source_wgsl(), &mut seen, &mut text);
    text.push_str("struct Parameters {\n    none: f32,\n");
    for parameter in activation.parameters() {
        writeln!(text, "    {}: f32,", parameter.name).expect("a String takes everything");
    }
    text.push_str("}\n");
    text.push_str(activation.source_wgsl());
    text
}

/// Appends the modules that `wgsl` requires, each once and after what it requires itself.
fn append_required(wgsl: &str, seen: &mut Vec<String>, text: &mut String) {
    let lines = wgsl
        .lines()
        .filter_map(|line| line.strip_prefix("//! requires "));
    for name in lines.flat_map(|names| names.split(',')).map(str::trim) {
        if !seen.iter().any(|other| other == name) {
            seen.push(name.to_owned());
            let path = format!("{}/shaders/math/{name}.wgsl", env!("CARGO_MANIFEST_DIR"));
            let module = fs::read_to_string(&path).unwrap_or_else(|e| panic!("{path}: {e}"));
            append_required(&module, seen, text);
            text.push_str(&module);
        }
    }
}
