//! `apply cross_entropy`, held against formulas in f64.

use half::f16;
use npyz::Order;
use safetensors::Dtype;

use crate::common::{Folder, numbers};
use crate::safetensors::{bytes, file};

const CLASSES: [i64; 4] = [2, -100, 0, 4];

/// 4 rows of 5 logits in C order, saved in either, with their classes.
fn folder(order: Order) -> (Folder, Vec<f32>) {
    let folder = Folder::new();
    let x = numbers(20, 1);
    let turned: Vec<f32> = (0..20).map(|n| x[n % 4 * 5 + n / 4]).collect();
    match order {
        Order::C => folder.save("x.npy", &[4, 5], order, &x),
        Order::Fortran => folder.save("x.npy", &[4, 5], order, &turned),
    }
    folder.save("classes.npy", &[4], Order::C, &CLASSES);
    (folder, x)
}

fn softmax(row: &[f32]) -> Vec<f64> {
    let sum: f64 = row.iter().map(|&x| f64::from(x).exp()).sum();
    row.iter().map(|&x| f64::from(x).exp() / sum).collect()
}

/// The loss of each row; 0 where it is ignored.
fn losses(x: &[f32]) -> Vec<f64> {
    let rows = x.chunks(5).zip(CLASSES);
    rows.map(|(row, class)| match usize::try_from(class) {
        Ok(class) => -softmax(row)[class].ln(),
        Err(_) => 0.0,
    })
    .collect()
}

fn assert_close(actual: f32, expected: f64) {
    let error = (f64::from(actual) - expected).abs();
    assert!(
        error <= 2e-6 * expected.abs().max(1.0),
        "{actual} for {expected}"
    );
}

const APPLY: [&str; 6] = [
    "apply",
    "cross_entropy",
    "x.npy",
    "y.npy",
    "--targets",
    "classes.npy",
];

#[test]
fn losses_of_each_row_their_sum_and_their_mean() {
    for order in [Order::C, Order::Fortran] {
        let (folder, x) = folder(order);
        let expected = losses(&x);
        folder.succeeds(&[&APPLY[..], &["--reduction", "none"]].concat());
        let (shape, _, y) = folder.load::<f32>("y.npy");
        assert_eq!(shape, [4]);
        for (&y, &expected) in y.iter().zip(&expected) {
            assert_close(y, expected);
        }
        let sum: f64 = expected.iter().sum();
        for (reduction, expected) in [
            (&["--reduction", "sum"][..], sum),
            (&["--reduction", "mean"], sum / 3.0),
            (&[], sum / 3.0),
        ] {
            folder.succeeds(&[&APPLY[..], reduction].concat());
            let (shape, _, y) = folder.load::<f32>("y.npy");
            assert_eq!((shape, y.len()), (vec![], 1));
            assert_close(y[0], expected);
        }
        folder.succeeds(&[&APPLY[..], &["--dtype", "f16"]].concat());
        let y = folder.load::<f16>("y.npy").2[0].to_f64();
        assert!((y - sum / 3.0).abs() <= 2e-3 * sum, "{y}");
    }
}

#[test]
fn gradients_of_the_logits() {
    let (folder, x) = folder(Order::Fortran);
    let expected = |row: usize, class: usize, weight: f64| {
        let own = usize::try_from(CLASSES[row]).ok();
        let probability = softmax(&x[row * 5..][..5])[class];
        match own {
            None => 0.0,
            Some(own) => weight * (probability - f64::from(u8::from(own == class))),
        }
    };
    let check = |weight: &dyn Fn(usize) -> f64| {
        let (shape, order, y) = folder.load::<f32>("y.npy");
        assert_eq!((shape, order), (vec![4, 5], Order::Fortran));
        for (at, y) in y.into_iter().enumerate() {
            let (row, class) = (at % 4, at / 4);
            assert_close(y, expected(row, class, weight(row)));
        }
    };
    folder.save("g.npy", &[], Order::C, &[6.0_f32]);
    let backward = [&APPLY[..], &["--backward", "g.npy"]].concat();
    folder.succeeds(&backward);
    check(&|_| 2.0);
    folder.succeeds(&[&backward[..], &["--reduction", "sum"]].concat());
    check(&|_| 6.0);
    folder.save("g.npy", &[4], Order::C, &[1.0_f32, 2.0, 3.0, -4.0]);
    folder.succeeds(&[&backward[..], &["--reduction", "none"]].concat());
    check(&|row| [1.0, 2.0, 3.0, -4.0][row]);
    folder.fails(&backward, 1, &["g.npy has the shape (4,)", "has ()"]);
}

#[test]
fn any_axis_class_type_and_smoothing() {
    let (folder, x) = folder(Order::C);
    let plain = losses(&x);
    folder.save("u.npy", &[4], Order::C, &[2_u32, 9, 0, 4]);
    folder.save("i.npy", &[4], Order::C, &[2_i32, 9, 0, 4]);
    let turned: Vec<f32> = (0..20).map(|n| x[n % 4 * 5 + n / 4]).collect();
    folder.save("t.npy", &[5, 4], Order::C, &turned);
    let smooth = [
        "--label-smoothing",
        "0.25",
        "--reduction",
        "none",
        "--ignore-index",
        "9",
    ];
    for (input, axis, targets) in [("x.npy", "1", "u.npy"), ("t.npy", "0", "i.npy")] {
        let apply = [
            "apply",
            "cross_entropy",
            input,
            "y.npy",
            "--targets",
            targets,
            "--axis",
            axis,
        ];
        folder.succeeds(&[&apply[..], &smooth].concat());
        for (row, y) in folder.load::<f32>("y.npy").2.into_iter().enumerate() {
            let shares = softmax(&x[row * 5..][..5]);
            let mean = shares.iter().map(|share| -share.ln()).sum::<f64>() / 5.0;
            let expected = if row == 1 {
                0.0
            } else {
                0.75 * plain[row] + 0.25 * mean
            };
            assert_close(y, expected);
        }
    }
}

#[test]
fn classes_come_from_safetensors_too() {
    let (folder, x) = folder(Order::C);
    let long = bytes(&CLASSES, i64::to_le_bytes);
    let int = bytes(&CLASSES.map(|class| class as i32), i32::to_le_bytes);
    // What is ignored has no u32.
    let unsigned = bytes(&CLASSES.map(|class| class as u32), u32::to_le_bytes);
    // One byte puts what follows where no number would lie in memory.
    let tensors: [(&str, Dtype, &[usize], &[u8]); 4] = [
        ("odd", Dtype::U8, &[1], &[0]),
        ("long", Dtype::I64, &[4], &long),
        ("int", Dtype::I32, &[4], &int),
        ("unsigned", Dtype::U32, &[4], &unsigned),
    ];
    folder.write("c.safetensors", file(&tensors));
    let expected = losses(&x);
    for (name, ignore_index) in [
        ("long", "-100"),
        ("int", "-100"),
        ("unsigned", "4294967196"),
    ] {
        let targets = format!("c.safetensors:{name}");
        let options = ["--targets", &targets, "--reduction", "none"];
        let ignored = ["--ignore-index", ignore_index];
        folder.succeeds(&[&APPLY[..4], &options, &ignored].concat());
        for (y, &expected) in folder.load::<f32>("y.npy").2.into_iter().zip(&expected) {
            assert_close(y, expected);
        }
    }
}

#[test]
fn classes_that_do_not_fit_are_refused() {
    let (folder, _) = folder(Order::C);
    folder.write("y.npy", "the earlier output");
    let with = |targets: &'static str| {
        [
            "apply",
            "cross_entropy",
            "x.npy",
            "y.npy",
            "--targets",
            targets,
        ]
    };
    folder.save("wrong.npy", &[4], Order::C, &[2_i64, 5, -100, -1]);
    folder.fails(
        &with("wrong.npy"),
        1,
        &[
            "wrong.npy",
            "2 of 4 targets are no class",
            "row 1: 5",
            "below 5",
            "-100",
        ],
    );
    folder.save("short.npy", &[3], Order::C, &[0_i64; 3]);
    folder.fails(&with("short.npy"), 1, &["short.npy", "(3,)", "(4,)"]);
    folder.fails(&with("x.npy"), 1, &["x.npy", "'<f4'", "'<i8'"]);
    folder.fails(&with("none.npy"), 1, &["none.npy", "no such file"]);
    let floats = bytes(&[0.0; 4], f32::to_le_bytes);
    let tensors = [("c", Dtype::F32, &[4][..], &floats[..])];
    folder.write("c.safetensors", file(&tensors));
    let words = ["c.safetensors:c", "F32", "I64, I32 and U32"];
    folder.fails(&with("c.safetensors:c"), 1, &words);
    folder.fails(&APPLY[..4], 2, &["cross_entropy", "--targets"]);
    folder.fails(
        &[&APPLY[..], &["--label-smoothing", "1.5"]].concat(),
        2,
        &["between 0 and 1"],
    );
    folder.fails(
        &[&APPLY[..], &["--set", "alpha=1"]].concat(),
        2,
        &["\"alpha\"", "label_smoothing"],
    );
    folder.fails(
        &[&APPLY[..], &["--gate", "first"]].concat(),
        2,
        &["cross_entropy", "--gate"],
    );
    for options in [
        ["--targets", "classes.npy"],
        ["--ignore-index", "-1"],
        ["--reduction", "sum"],
    ] {
        let apply = [&["apply", "softmax", "x.npy", "y.npy"][..], &options].concat();
        folder.fails(&apply, 2, &["softmax", "cross_entropy"]);
    }
    let run = folder.run(&[&APPLY[..], &["--reduction", "max"]].concat());
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("mean, sum or none"), "{}", run.stderr);
}

#[test]
fn classes_in_the_other_order_are_refused() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3, 2], Order::C, &numbers(12, 3));
    folder.save("classes.npy", &[2, 2], Order::Fortran, &[0_i64, 1, 2, 0]);
    let apply = [&APPLY[..], &["--axis", "1"]].concat();
    folder.fails(&apply, 1, &["classes.npy", "order"]);
    folder.save("classes.npy", &[2, 2], Order::C, &[0_i64, 1, 2, 0]);
    folder.succeeds(&apply);
}
