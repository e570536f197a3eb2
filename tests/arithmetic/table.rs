//! The errors of all activations under all arithmetics, for people:
//! `cargo test --release --test arithmetic table -- --ignored --nocapture`, where the environment
//! variable ACTIVATION may name one.

use std::env;

use wgpu_activations::Activation;
use wgpu_activations::activation::catalogue;
use wgpu_activations::verify::{Direction, Samples};

use crate::arithmetic::Arithmetic;
use crate::case::Case;

const MANY: Samples = Samples {
    spaced: 1 << 14,
    random: 1 << 15,
    seed: 1,
};

#[test]
#[ignore = "prints a table"]
fn table() {
    let only = env::var("ACTIVATION").ok();
    let groups = [
        Arithmetic::plain(),
        Arithmetic::contracted(),
        Arithmetic::divided(),
        Arithmetic::reassociated(),
        Arithmetic::mesa(),
        Arithmetic::together(),
    ];
    println!(
        "{:30} {:>9} {:>9} {:>9} {:>9} {:>9} {:>9}",
        "max ULP", "plain", "fma", "div", "sum", "mesa", "all"
    );
    let mut missed = Vec::new();
    for definition in catalogue() {
        if only.as_ref().is_some_and(|only| only != definition.name) {
            continue;
        }
        for direction in Direction::ALL {
            let mut row = [0.0_f64; 6];
            for activation in Activation::variants(definition) {
                let case = Case::sampled(&activation, direction, &MANY);
                for (cell, group) in row.iter_mut().zip(&groups) {
                    for arithmetic in group {
                        let report = arithmetic.measure(&case);
                        let is_nan = report.max_ulp.is_nan();
                        *cell = cell.max(if is_nan {
                            f64::INFINITY
                        } else {
                            report.max_ulp
                        });
                        if !report.passed() {
                            missed.push(format!("{}: {report}", arithmetic.name));
                        }
                    }
                }
            }
            print!("{:30}", format!("{} {direction}", definition.name));
            for cell in row {
                let wide = format!("{cell:.0e}");
                let text = if cell < 1e6 {
                    format!("{cell:.2}")
                } else {
                    wide
                };
                print!(" {text:>9}");
            }
            println!();
        }
    }
    println!("{}", missed.join("\n"));
}
