//! Every function of shaders/math on the GPU, held to the error that its module's header states.
//!
//! `cargo test --release --test math -- --ignored --nocapture` walks every f32 of the intervals and
//! prints the table from which the headers' numbers come.

#[path = "../common/mod.rs"]
mod common;
mod functions;
mod modules;

use common::gpu;
use functions::{FUNCTIONS, Function, helpers};
use modules::Modules;
use wgpu_activations::reference::Reference;
use wgpu_activations::verify::{Direction, judge};
use wgpu_activations::{Activation, CustomActivation, Offload};

/// The bit patterns that are computed at once.
const CHUNK: usize = 1 << 22;

#[test]
fn a_sample_is_within_the_stated_errors() {
    hold(251);
}

#[test]
#[ignore = "it takes about a minute for each function"]
fn every_f32_is_within_the_stated_errors() {
    hold(1);
}

#[test]
fn every_stated_error_is_measured() {
    let modules = Modules::read();
    let stated: Vec<_> = modules
        .names()
        .filter(|name| modules.stated_error(name).is_some())
        .collect();
    let mut measured: Vec<_> = FUNCTIONS.iter().map(|function| function.module).collect();
    measured.dedup();
    assert_eq!(stated, measured, "stated, and measured here");
}

/// Measures each function on every `stride`th f32 of its interval.
fn hold(stride: usize) {
    let gpu = gpu();
    let modules = Modules::read();
    let mut missed = Vec::new();
    for function in FUNCTIONS {
        let stated = modules
            .stated_error(function.module)
            .unwrap_or_else(|| panic!("{} states no error", function.module));
        let (error, at) = largest_error(&gpu, &modules, function, stride);
        let line = format!(
            "{:12} {error:.3} ULP (stated {stated}) at {at:e}: {}",
            function.module, function.wgsl
        );
        println!("{line}");
        // NaN misses it too.
        if !matches!(error.partial_cmp(&stated), Some(order) if order.is_le()) {
            missed.push(line);
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

fn largest_error(
    gpu: &Offload,
    modules: &Modules,
    function: &Function,
    stride: usize,
) -> (f64, f32) {
    let wgsl = format!(
        "{}{}\nfn forward(x: f32) -> f32 {{ return {}; }}\n\
         fn derivative(x: f32) -> f32 {{ return x; }}",
        modules.with_requirements(function.module),
        helpers(function.module),
        function.wgsl
    );
    let reference = Reference::new(function.exact, |_, _| 1.0);
    let custom = CustomActivation::new("function", &wgsl).expect("a valid name");
    let activation = Activation::custom(custom.with_reference(reference));
    let mut worst = (0.0, 0.0);
    let mut inputs = bit_patterns(function.interval, stride).map(f32::from_bits);
    loop {
        let chunk: Vec<f32> = inputs.by_ref().take(CHUNK).collect();
        if chunk.is_empty() {
            return worst;
        }
        let outputs = gpu.forward(&activation, &chunk).expect("forward");
        let report = judge(&activation, Direction::Forward, &chunk, &outputs).expect("a reference");
        if report.max_ulp.is_nan() || report.max_ulp > worst.0 {
            worst = (report.max_ulp, report.worst_input);
        }
    }
}

/// Every `stride`th bit pattern of an interval, and its ends.
fn bit_patterns((low, high): (f32, f32), stride: usize) -> impl Iterator<Item = u32> {
    let sign = (-0.0_f32).to_bits();
    let positive = low.max(0.0).to_bits()..=high.max(0.0).to_bits();
    let negative = (-high).max(0.0).to_bits()..=(-low).max(0.0).to_bits();
    let negative = negative.step_by(stride).map(move |bits| bits | sign);
    let ends = [low.to_bits(), high.to_bits()];
    positive
        .step_by(stride)
        .chain(negative)
        .filter(move |&bits| (low..=high).contains(&f32::from_bits(bits)))
        .chain(ends)
}
