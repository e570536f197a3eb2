//! Whether results stay within the bound on hardware that computes otherwise than the adapters at hand:
//! that fuses products with sums, divides by estimates, flushes subnormals, or compiles as if
//! floating-point numbers were real ones. The shaders' functions are interpreted under each such
//! arithmetic and held against the f64 reference.

mod arithmetic;
#[path = "../common/mod.rs"]
mod common;
mod flatten;
mod machine;
mod program;
mod random;
mod rewrite;
mod source;

use std::collections::BTreeMap;

use arithmetic::Arithmetic;
use common::gpu;
use flatten::flatten;
use machine::Machine;
use program::Program;
use source::source;
use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, Report, Samples, judge};

fn program(activation: &Activation, direction: Direction) -> Program {
    let name = match direction {
        Direction::Forward => "forward",
        Direction::Backward => "derivative",
    };
    flatten(&source(activation), name)
}

/// Inputs without NaN, which goes around the functions.
fn inputs(activation: &Activation, samples: &Samples) -> Vec<f32> {
    let mut inputs = samples.inputs(activation);
    inputs.retain(|x| !x.is_nan());
    inputs
}

const FEW: Samples = Samples {
    spaced: 1 << 11,
    random: 1 << 11,
    seed: 0,
};

#[test]
fn the_interpreter_agrees_with_an_adapter() {
    let gpu = gpu();
    let mut missed = Vec::new();
    for activation in catalogue().flat_map(Activation::variants) {
        let inputs = inputs(&activation, &FEW);
        let ones = vec![1.0; inputs.len()];
        for direction in Direction::ALL {
            let program = program(&activation, direction);
            let (ours, _) = Machine::default().run(&program, activation.values(), &inputs);
            let theirs = match direction {
                Direction::Forward => gpu.forward(&activation, &inputs),
                Direction::Backward => gpu.backward(&activation, &inputs, &ones),
            }
            .expect("it runs");
            let differ = |(ours, theirs): (f32, f32)| {
                ours.to_bits() != theirs.to_bits() && (ours.is_normal() || theirs.is_normal())
            };
            let count = ours
                .iter()
                .copied()
                .zip(theirs.iter().copied())
                .filter(|&p| differ(p))
                .count();
            if count > 0 {
                let at = ours
                    .iter()
                    .copied()
                    .zip(theirs.iter().copied())
                    .position(differ)
                    .unwrap();
                missed.push(format!(
                    "{} {direction}: {count} of {}, {:e}: {:e} {:e}",
                    activation.name(),
                    inputs.len(),
                    inputs[at],
                    ours[at],
                    theirs[at]
                ));
            }
        }
    }
    assert!(missed.is_empty(), "{}", missed.join("\n"));
}

#[test]
#[ignore = "prints a table"]
fn table() {
    let samples = Samples {
        spaced: 1 << 13,
        random: 1 << 13,
        seed: 1,
    };
    let all = Arithmetic::all();
    let only = std::env::var("ONLY").unwrap_or_default();
    let mut rows: BTreeMap<(String, &str), Vec<f64>> = BTreeMap::new();
    let mut worst: Vec<(f64, String)> = Vec::new();
    let mut counts: BTreeMap<&str, Vec<f64>> = BTreeMap::new();
    for activation in catalogue().flat_map(Activation::variants) {
        if !only.is_empty() && !only.split(',').any(|o| o == activation.name()) {
            continue;
        }
        let inputs = inputs(&activation, &samples);
        for direction in Direction::ALL {
            let plain = program(&activation, direction);
            for (index, arithmetic) in all.iter().enumerate() {
                let report = measure(&activation, direction, &plain, arithmetic, &inputs);
                let row = rows
                    .entry((activation.name().to_owned(), direction.name()))
                    .or_insert_with(|| vec![0.0; all.len()]);
                let error = if report.max_ulp.is_nan() {
                    f64::INFINITY
                } else {
                    report.max_ulp
                };
                if error > row[index] {
                    row[index] = error;
                }
                if !report.passed() {
                    worst.push((error, format!("{}: {report}", arithmetic.name)));
                }
            }
        }
    }
    print!("{:32}", "");
    for a in &all {
        print!("{:>9}", a.name);
    }
    println!();
    for ((name, direction), row) in rows {
        print!("{:32}", format!("{name} {direction}"));
        for v in &row {
            let s = if *v > 9999.0 {
                format!("{v:.0e}")
            } else {
                format!("{v:.2}")
            };
            print!("{s:>9}");
        }
        println!();
        let e = counts
            .entry(direction)
            .or_insert_with(|| vec![0.0; all.len()]);
        for (a, b) in e.iter_mut().zip(&row) {
            if *b > 4.0 {
                *a += 1.0
            }
        }
    }
    println!("{counts:?}");
    worst.sort_by(|a, b| a.1.cmp(&b.1));
    for w in worst {
        println!("{}", w.1);
    }
}

fn measure(
    activation: &Activation,
    direction: Direction,
    plain: &Program,
    arithmetic: &Arithmetic,
    inputs: &[f32],
) -> Report {
    let program = arithmetic.compile(plain);
    let (outputs, _) = arithmetic
        .machine
        .run(&program, activation.values(), inputs);
    judge(activation, direction, inputs, &outputs).expect("the catalogue has references")
}

#[test]
#[ignore = "prints a table"]
fn overflows() {
    let only = std::env::var("ONLY").unwrap_or_default();
    for activation in catalogue().flat_map(Activation::variants) {
        if !only.is_empty() && !only.split(',').any(|o| o == activation.name()) {
            continue;
        }
        let reference = activation.reference().expect("a reference");
        for direction in Direction::ALL {
            let f = match direction {
                Direction::Forward => reference.forward,
                Direction::Backward => reference.derivative,
            };
            let mut inputs = inputs(&activation, &FEW);
            let p = activation.values_f64();
            inputs.retain(|&x| x.is_finite() && (f(f64::from(x), &p) as f32).is_finite());
            let text = source(&activation);
            let program = program(&activation, direction);
            let (_, overflows) = Machine::default().run(&program, activation.values(), &inputs);
            for o in overflows {
                println!(
                    "{} {:?} {direction}: {} at {:e}: {}",
                    activation.name(),
                    activation.values(),
                    &text[program.places[o.op].span.clone()].replace('\n', " "),
                    o.input,
                    o.result
                );
            }
        }
    }
}
