//! `apply` of functions of rows, held against formulas in f64.

use crate::common::{Folder, numbers};
use half::f16;
use npyz::Order;

const SHAPE: [u64; 3] = [3, 5, 4];

/// The place of an index of `SHAPE`.
fn place(index: [usize; 3], order: Order) -> usize {
    let [i, j, k] = index;
    match order {
        Order::C => (i * 5 + j) * 4 + k,
        Order::Fortran => i + 3 * (j + 5 * k),
    }
}

/// The indices of each row along an axis.
fn rows(axis: usize) -> Vec<Vec<[usize; 3]>> {
    let others: Vec<usize> = (0..3).filter(|&other| other != axis).collect();
    let extent = |axis: usize| SHAPE[axis] as usize;
    let mut rows = Vec::new();
    for first in 0..extent(others[0]) {
        for second in 0..extent(others[1]) {
            let at = |element| {
                let mut index = [0; 3];
                (index[axis], index[others[0]], index[others[1]]) = (element, first, second);
                index
            };
            rows.push((0..extent(axis)).map(at).collect());
        }
    }
    rows
}

fn softmax(row: &[f64]) -> Vec<f64> {
    let sum: f64 = row.iter().map(|x| x.exp()).sum();
    row.iter().map(|x| x.exp() / sum).collect()
}

fn assert_close(actual: f32, expected: f64) {
    let error = (f64::from(actual) - expected).abs();
    assert!(error <= 1e-6, "{actual} for {expected}");
}

#[test]
fn rows_along_any_axis_of_either_order() {
    let folder = Folder::new();
    let x = numbers(60, 1);
    for order in [Order::C, Order::Fortran] {
        folder.save("x.npy", &SHAPE, order, &x);
        for (axis, text) in [
            (0, "0"),
            (1, "1"),
            (2, "2"),
            (0, "-3"),
            (1, "-2"),
            (2, "-1"),
        ] {
            folder.succeeds(&["apply", "softmax", "x.npy", "y.npy", "--axis", text]);
            let (shape, written, y) = folder.load::<f32>("y.npy");
            assert_eq!((shape.as_slice(), written), (&SHAPE[..], order));
            for row in rows(axis) {
                let places: Vec<_> = row.into_iter().map(|index| place(index, order)).collect();
                let input: Vec<f64> = places.iter().map(|&at| x[at].into()).collect();
                for (at, expected) in places.into_iter().zip(softmax(&input)) {
                    assert_close(y[at], expected);
                }
            }
        }
    }
}

#[test]
fn the_last_axis_is_taken_where_none_is_named() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3], Order::C, &numbers(6, 2));
    for function in ["softmax", "softmin", "log_softmax"] {
        folder.succeeds(&["apply", function, "x.npy", "y.npy"]);
        folder.succeeds(&["apply", function, "x.npy", "last.npy", "--axis", "1"]);
        assert_eq!(folder.read("y.npy"), folder.read("last.npy"), "{function}");
        folder.succeeds(&["apply", function, "x.npy", "first.npy", "--axis", "0"]);
        assert_ne!(folder.read("y.npy"), folder.read("first.npy"), "{function}");
    }
}

#[test]
fn a_scale_multiplies_the_input() {
    let folder = Folder::new();
    let x = numbers(7, 3);
    folder.save("x.npy", &[7], Order::C, &x);
    let scale = f64::from(-1.0_f32 / 3.0);
    let expected = softmax(&x.iter().map(|&x| scale * f64::from(x)).collect::<Vec<_>>());
    let apply = ["apply", "softmax", "x.npy", "y.npy"];
    for option in [["--scale", "-1/3"], ["--set", "scale=-1/3"]] {
        folder.succeeds(&[&apply[..], &option].concat());
        for (y, &expected) in folder.load::<f32>("y.npy").2.into_iter().zip(&expected) {
            assert_close(y, expected);
        }
    }
}

#[test]
fn backward_takes_the_saved_output() {
    let folder = Folder::new();
    let shape = [4, 6];
    let (x, g) = (numbers(24, 4), numbers(24, 5));
    folder.save("x.npy", &shape, Order::C, &x);
    // The gradient lies the other way round.
    let turned: Vec<f32> = (0..24).map(|n| g[n % 4 * 6 + n / 4]).collect();
    folder.save("g.npy", &shape, Order::Fortran, &turned);
    folder.succeeds(&["apply", "softmax", "x.npy", "y.npy"]);
    let run = folder.succeeds(&["apply", "softmax", "y.npy", "dx.npy", "--backward", "g.npy"]);
    assert!(
        run.stderr.starts_with("softmax backward: 24 "),
        "{}",
        run.stderr
    );
    let dx = folder.load::<f32>("dx.npy").2;
    for (row, x) in x.chunks(6).enumerate() {
        let y = softmax(&x.iter().map(|&x| x.into()).collect::<Vec<_>>());
        let g: Vec<f64> = g[row * 6..][..6].iter().map(|&g| g.into()).collect();
        let total: f64 = y.iter().zip(&g).map(|(y, g)| y * g).sum();
        for (at, (y, g)) in y.iter().zip(g).enumerate() {
            // Within the error of the saved output.
            assert_close(dx[row * 6 + at], y * (g - total));
        }
    }
}

#[test]
fn rows_longer_than_a_chunk_and_of_half_precision() {
    let folder = Folder::new();
    let count = (9 << 20) + 3;
    let zeros = vec![f16::ZERO; count];
    folder.save("x.npy", &[count as u64], Order::C, &zeros);
    folder.succeeds(&["apply", "softmax", "x.npy", "y.npy", "--dtype", "f32"]);
    let (shape, _, y) = folder.load::<f32>("y.npy");
    assert_eq!((shape, y.len()), (vec![count as u64], count));
    let share = (1.0 / count as f64) as f32;
    assert!(y.iter().all(|&y| (y / share - 1.0).abs() < 1e-6));
}

/// The elements of a row lie half a chunk apart, so that the results come from and go to several places of a file.
#[test]
fn rows_of_elements_that_lie_far_apart() {
    let folder = Folder::new();
    let (len, columns) = (3, 2_000_001);
    let shape = [len as u64, columns as u64];
    let (x, g) = (numbers(len * columns, 6), numbers(len * columns, 7));
    folder.save("x.npy", &shape, Order::C, &x);
    folder.save("g.npy", &shape, Order::C, &g);
    folder.succeeds(&["apply", "softmax", "x.npy", "y.npy", "--axis", "0"]);
    let apply = ["apply", "softmax", "y.npy", "dx.npy", "--axis", "0"];
    folder.succeeds(&[&apply[..], &["--backward", "g.npy"]].concat());
    let (written, _, y) = folder.load::<f32>("y.npy");
    assert_eq!(written, shape);
    let dx = folder.load::<f32>("dx.npy").2;
    for column in (0..columns).step_by(101).chain([columns - 1]) {
        let row = |tensor: &[f32]| -> Vec<f64> {
            let places = (0..len).map(|element| element * columns + column);
            places.map(|at| tensor[at].into()).collect()
        };
        let (expected, g) = (softmax(&row(&x)), row(&g));
        let total: f64 = expected.iter().zip(&g).map(|(y, g)| y * g).sum();
        for (element, (expected, g)) in expected.into_iter().zip(g).enumerate() {
            assert_close(y[element * columns + column], expected);
            assert_close(dx[element * columns + column], expected * (g - total));
        }
    }
}

#[test]
fn empty_rows_are_no_failure() {
    let folder = Folder::new();
    for shape in [[0, 3], [3, 0]] {
        folder.save::<f32>("x.npy", &shape, Order::C, &[]);
        folder.succeeds(&["apply", "softmax", "x.npy", "y.npy"]);
        assert_eq!(folder.load::<f32>("y.npy").0, shape);
    }
}

#[test]
fn axes_and_scales_that_make_no_sense_are_refused() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3], Order::C, &numbers(6, 6));
    folder.save("one.npy", &[], Order::C, &[1.0_f32]);
    folder.write("y.npy", "the earlier output");
    let apply = ["apply", "softmax", "x.npy", "y.npy"];
    for axis in ["2", "-3", "9223372036854775807", "-9223372036854775808"] {
        let words = ["x.npy", &format!("axis {axis} "), "-2..=1"];
        folder.fails(&[&apply[..], &["--axis", axis]].concat(), 1, &words);
    }
    folder.fails(
        &["apply", "softmax", "one.npy", "y.npy"],
        1,
        &["single number", "[1]"],
    );
    folder.fails(
        &["apply", "relu", "x.npy", "y.npy", "--axis", "0"],
        2,
        &["relu", "--axis"],
    );
    for (option, value, words) in [
        ("--scale", "nan", &["scale = NaN", "finite"][..]),
        ("--scale", "-inf", &["scale = -inf", "finite"]),
        ("--scale", "1e60", &["scale", "finite"]),
        ("--scale", "1e30", &["scale", "1e30"]),
        (
            "--set",
            "temperature=2",
            &["\"temperature\"", "takes scale"],
        ),
    ] {
        folder.fails(&[&apply[..], &[option, value]].concat(), 2, words);
    }
    let twice = ["--scale", "2", "--set", "scale=2"];
    folder.fails(&[&apply[..], &twice].concat(), 2, &["\"scale\"", "twice"]);
    folder.fails(
        &["apply", "relu", "x.npy", "y.npy", "--scale", "2"],
        2,
        &["relu", "\"scale\""],
    );
    let run = folder.run(&[&apply[..], &["--axis", "last"]].concat());
    assert_eq!(run.code, Some(2), "{}", run.stderr);
}
