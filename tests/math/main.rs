//! Every function of shaders/math on the GPU, held to the error that the comment above it states, on
//! whatever adapter the tests run on. Reductions, pairs and the like are measured in those that call them.
//!
//! `cargo test --release --test math -- --ignored --nocapture` walks every f32 of the intervals and
//! prints the table from which the comments' numbers come; `FUNCTION=math_exp` takes one function.

#[path = "../common/mod.rs"]
mod common;
mod functions;
mod measure;
mod modules;
mod statement;

use common::gpu;
use functions::FUNCTIONS;
use measure::largest_error;
use modules::Modules;

#[test]
fn a_sample_is_within_the_stated_errors() {
    hold(|function| 251 * function.values.len());
}

#[test]
#[ignore = "it takes about a minute for each function and each set of values"]
fn every_f32_is_within_the_stated_errors() {
    hold(|_| 1);
}

#[test]
fn every_stated_error_is_measured() {
    let modules = Modules::read();
    let stated: Vec<_> = modules.statements().into_keys().collect();
    let mut measured: Vec<_> = FUNCTIONS.iter().map(|function| function.name).collect();
    measured.sort_unstable();
    measured.dedup();
    assert_eq!(stated, measured, "stated, and measured here");
}

/// Measures each function on every so manyth f32 of its interval.
fn hold(stride: impl Fn(&functions::Function) -> usize) {
    let gpu = gpu();
    let modules = Modules::read();
    let statements = modules.statements();
    let only = std::env::var("FUNCTION").ok();
    let (mut measured, mut missed) = (0, Vec::new());
    for function in FUNCTIONS {
        if only.as_ref().is_some_and(|only| only != function.name) {
            continue;
        }
        let (module, stated) = statements
            .get(function.name)
            .unwrap_or_else(|| panic!("no error is stated above {}", function.name));
        let text = modules.with_requirements(module);
        for values in function.values {
            let worst = largest_error(gpu, &text, function, stated, values, stride(function));
            let line = format!(
                "{:22} {worst} (stated {:?}): {} {values:?}",
                function.name, stated.bound, function.wgsl
            );
            println!("{line}");
            measured += 1;
            // NaN misses it too.
            if !matches!(worst.error.partial_cmp(&stated.bound), Some(order) if order.is_le()) {
                missed.push(line);
            }
        }
    }
    assert!(measured > 0, "no function is called {only:?}");
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}
