//! `stats`, held against formulas in f64.

use half::f16;
use npyz::Order;
use serde_json::Value;

use crate::common::{Folder, numbers};

fn json(folder: &Folder, arguments: &[&str]) -> Value {
    let run = folder.succeeds(&[&["stats"], arguments, &["--json"]].concat());
    serde_json::from_str(&run.stdout).expect("a JSON object")
}

fn assert_close(value: &Value, expected: f64) {
    let value = value.as_f64().expect("a number");
    assert!((value - expected).abs() < 1e-6, "{value} for {expected}");
}

fn mean(values: &[f64]) -> f64 {
    values.iter().sum::<f64>() / values.len() as f64
}

#[test]
fn channels_of_either_order() {
    let folder = Folder::new();
    let x = numbers(60, 1);
    for order in [Order::C, Order::Fortran] {
        folder.save("x.npy", &[3, 5, 4], order, &x);
        for axis in ["1", "-2"] {
            let report = json(
                &folder,
                &[
                    "leaky_relu",
                    "x.npy",
                    "--axis",
                    axis,
                    "--set",
                    "negative_slope=0.5",
                ],
            );
            assert_eq!(report["parameters"]["negative_slope"], 0.5);
            let channels = report["channels"].as_array().expect("channels");
            assert_eq!(channels.len(), 5);
            for (channel, found) in channels.iter().enumerate() {
                let is_own = |&index: &usize| match order {
                    Order::C => index / 4 % 5 == channel,
                    Order::Fortran => index / 3 % 5 == channel,
                };
                let values: Vec<f64> = (0..60)
                    .filter(is_own)
                    .map(|index| x[index].into())
                    .collect();
                assert_eq!(
                    (&found["index"], &found["count"]),
                    (&channel.into(), &12.into())
                );
                let mean_input = mean(&values);
                assert_close(&found["input"]["mean"], mean_input);
                let squares: Vec<_> = values.iter().map(|x| (x - mean_input).powi(2)).collect();
                assert_close(&found["input"]["variance"], mean(&squares));
                let outputs: Vec<_> = values
                    .iter()
                    .map(|x| if *x > 0.0 { *x } else { 0.5 * x })
                    .collect();
                assert_close(&found["output"]["mean"], mean(&outputs));
                let slopes: Vec<_> = values
                    .iter()
                    .map(|x| if *x > 0.0 { 1.0 } else { 0.5 })
                    .collect();
                assert_close(&found["slope"]["mean"], mean(&slopes));
            }
            let all: Vec<f64> = x.iter().map(|&x| x.into()).collect();
            assert_close(&report["total"]["input"]["mean"], mean(&all));
            assert_eq!(report["total"]["count"], 60);
        }
    }
}

#[test]
fn dead_units_and_numbers_that_are_none() {
    let folder = Folder::new();
    let x = [1.0, -1.0, f32::NAN, -2.0, f32::INFINITY, -3.0, 3.0, 0.0];
    folder.save("x.npy", &[4, 2], Order::C, &x.map(f16::from_f32));
    let report = json(&folder, &["relu", "x.npy", "--axis", "-1"]);
    assert_eq!(
        (&report["dead_channels"], &report["dtype"]),
        (&1.into(), &"f16".into())
    );
    let channels = &report["channels"];
    assert_eq!(
        (&channels[0]["dead"], &channels[1]["dead"]),
        (&false.into(), &true.into())
    );
    assert_eq!(
        (&channels[1]["sparsity"], &channels[1]["saturation"]),
        (&1.0.into(), &1.0.into())
    );
    let input = &channels[0]["input"];
    assert_eq!(
        (&input["nan"], &input["infinite"], &input["finite"]),
        (&1.into(), &1.into(), &2.into())
    );
    assert_eq!(
        (&input["mean"], &input["maximum"]),
        (&2.0.into(), &3.0.into())
    );

    let run = folder.succeeds(&["stats", "relu", "x.npy", "--axis", "1"]);
    for part in [
        "dead channels",
        "1 of 2",
        "50.00 %",
        "saturated",
        "100.00 %",
    ] {
        assert!(run.stdout.contains(part), "no {part:?} in {}", run.stdout);
    }
    // Through the dead one gets the least gradient.
    let line = run.stdout.lines().find(|line| line.starts_with("channel"));
    let next = run
        .stdout
        .lines()
        .skip_while(|&other| Some(other) != line)
        .nth(1);
    assert!(next.expect("a channel").starts_with("1 "), "{}", run.stdout);
}

#[test]
fn everything_is_one_channel_without_an_axis() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3], Order::Fortran, &[4.0_f32; 6]);
    let threshold = ["sigmoid", "x.npy", "--threshold"];
    for (slope, saturated) in [("0.017", 0), ("0.018", 6)] {
        let report = json(&folder, &[&threshold[..], &[slope]].concat());
        assert_eq!(report["total"]["saturated"], saturated);
        assert_eq!(report["channels"], Value::Array(Vec::new()));
    }
    folder.save::<f32>("empty.npy", &[0, 3], Order::C, &[]);
    let report = json(&folder, &["relu", "empty.npy"]);
    assert_eq!(
        (&report["total"]["count"], &report["total"]["sparsity"]),
        (&0.into(), &"nan".into())
    );
    let report = json(&folder, &["relu", "empty.npy", "--axis", "1"]);
    assert_eq!(report["channels"].as_array().map(Vec::len), Some(3));
    folder.save("one.npy", &[], Order::C, &[-2.0_f32]);
    assert_eq!(json(&folder, &["relu", "one.npy"])["total"]["zeros"], 1);
}

#[test]
fn many_channels_are_cut_short_but_in_json() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 40], Order::C, &numbers(80, 2));
    let run = folder.succeeds(&["stats", "tanh", "x.npy", "--axis", "1"]);
    assert!(run.stdout.contains("24 more"), "{}", run.stdout);
    let report = json(&folder, &["tanh", "x.npy", "--axis", "1"]);
    assert_eq!(report["channels"].as_array().map(Vec::len), Some(40));
}

#[test]
fn what_makes_no_sense_is_refused() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3], Order::C, &numbers(6, 3));
    let stats = |rest: &[&'static str]| [&["stats"], rest].concat();
    folder.fails(
        &stats(&["softmax", "x.npy"]),
        2,
        &["softmax", "elementwise"],
    );
    folder.fails(&stats(&["rellu", "x.npy"]), 2, &["rellu", "relu"]);
    folder.fails(
        &stats(&["relu", "x.npy", "--axis", "2"]),
        1,
        &["x.npy", "axis 2", "-2..=1"],
    );
    folder.fails(
        &stats(&["relu", "none.npy"]),
        1,
        &["none.npy", "no such file"],
    );
    for threshold in ["0", "-1", "nan", "inf"] {
        folder.fails(
            &stats(&["relu", "x.npy", "--threshold", threshold]),
            2,
            &["threshold", "finite"],
        );
    }
    let twice = ["elu", "x.npy", "--set", "alpha=1", "--set", "alpha=2"];
    folder.fails(&stats(&twice), 2, &["\"alpha\"", "twice"]);
}
