//! `apply` of gated units, held against formulas in f64.

use half::f16;
use npyz::Order;

use crate::common::{Folder, numbers};

const SHAPE: [usize; 3] = [2, 6, 4];

/// The place of an index of an array of that shape.
fn place(shape: [usize; 3], [i, j, k]: [usize; 3], order: Order) -> usize {
    match order {
        Order::C => (i * shape[1] + j) * shape[2] + k,
        Order::Fortran => i + shape[0] * (j + shape[1] * k),
    }
}

fn halved(axis: usize) -> [usize; 3] {
    let mut shape = SHAPE;
    shape[axis] /= 2;
    shape
}

/// For each element of the halved array its place, and those of its first and its second half.
fn places(axis: usize, order: Order) -> Vec<[usize; 3]> {
    let half = halved(axis);
    let mut places = Vec::new();
    for i in 0..half[0] {
        for j in 0..half[1] {
            for k in 0..half[2] {
                let first = [i, j, k];
                let mut second = first;
                second[axis] += half[axis];
                places.push([
                    place(half, first, order),
                    place(SHAPE, first, order),
                    place(SHAPE, second, order),
                ]);
            }
        }
    }
    places
}

fn wide(shape: [usize; 3]) -> [u64; 3] {
    shape.map(|extent| extent as u64)
}

fn sigmoid(x: f64) -> f64 {
    1.0 / (1.0 + (-x).exp())
}

fn silu(x: f64) -> f64 {
    x * sigmoid(x)
}

fn assert_close(actual: f32, expected: f64) {
    let error = (f64::from(actual) - expected).abs();
    assert!(
        error <= 2e-6 * expected.abs().max(1.0),
        "{actual} for {expected}"
    );
}

#[test]
fn halves_along_any_axis_of_either_order_and_gate() {
    let folder = Folder::new();
    let x = numbers(48, 1);
    for order in [Order::C, Order::Fortran] {
        folder.save("x.npy", &wide(SHAPE), order, &x);
        for (axis, text) in [(0, "0"), (1, "1"), (2, "2"), (1, "-2"), (2, "-1")] {
            for gate in ["first", "second"] {
                let apply = ["apply", "swiglu", "x.npy", "y.npy", "--axis", text];
                folder.succeeds(&[&apply[..], &["--gate", gate]].concat());
                let (shape, written, y) = folder.load::<f32>("y.npy");
                assert_eq!((shape, written), (wide(halved(axis)).to_vec(), order));
                for [at, first, second] in places(axis, order) {
                    let [first, second] = [first, second].map(|at| f64::from(x[at]));
                    let expected = match gate {
                        "first" => silu(first) * second,
                        _ => first * silu(second),
                    };
                    assert_close(y[at], expected);
                }
            }
        }
    }
}

#[test]
fn the_last_axis_and_the_second_half_are_taken_where_none_are_named() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 4], Order::C, &numbers(8, 2));
    for unit in [
        "glu",
        "bilinear",
        "reglu",
        "geglu",
        "geglu_tanh",
        "swiglu",
        "gated_mish",
    ] {
        folder.succeeds(&["apply", unit, "x.npy", "y.npy"]);
        let named = [
            "apply",
            unit,
            "x.npy",
            "named.npy",
            "--axis",
            "1",
            "--gate",
            "second",
        ];
        folder.succeeds(&named);
        assert_eq!(folder.read("y.npy"), folder.read("named.npy"), "{unit}");
        let (shape, _, y) = folder.load::<f32>("y.npy");
        assert_eq!((shape, y.len()), (vec![2, 2], 4));
    }
}

#[test]
fn backward_gives_the_gradients_of_both_halves() {
    let folder = Folder::new();
    let (axis, half) = (1, wide(halved(1)));
    let (x, g) = (numbers(48, 3), numbers(24, 4));
    folder.save("x.npy", &wide(SHAPE), Order::Fortran, &x);
    // The gradient lies the other way round.
    folder.save("g.npy", &half, Order::C, &g);
    let run = folder.succeeds(&[
        "apply",
        "glu",
        "x.npy",
        "dx.npy",
        "--axis",
        "1",
        "--backward",
        "g.npy",
    ]);
    assert!(
        run.stderr.starts_with("glu backward: 48 "),
        "{}",
        run.stderr
    );
    let (shape, order, dx) = folder.load::<f32>("dx.npy");
    assert_eq!((shape, order), (wide(SHAPE).to_vec(), Order::Fortran));
    let gradients = places(axis, Order::C).into_iter().map(|[at, ..]| g[at]);
    for (g, [_, first, second]) in gradients.zip(places(axis, Order::Fortran)) {
        let (a, b, g) = (f64::from(x[first]), f64::from(x[second]), f64::from(g));
        assert_close(dx[first], g * sigmoid(b));
        assert_close(dx[second], g * a * sigmoid(b) * (1.0 - sigmoid(b)));
    }
}

#[test]
fn halves_longer_than_a_chunk_and_of_half_precision() {
    let folder = Folder::new();
    let half = (5 << 20) + 1;
    let mut x = vec![f16::from_f32(2.0); half];
    x.extend(vec![f16::from_f32(3.0); half]);
    folder.save("x.npy", &[2 * half as u64], Order::C, &x);
    folder.succeeds(&["apply", "bilinear", "x.npy", "y.npy", "--dtype", "f32"]);
    let (shape, _, y) = folder.load::<f32>("y.npy");
    assert_eq!((shape, y.len()), (vec![half as u64], half));
    assert!(y.iter().all(|&y| y == 6.0));
}

#[test]
fn no_halves_are_no_failure() {
    let folder = Folder::new();
    for (shape, half) in [([0, 4], [0, 2]), ([3, 0], [3, 0])] {
        folder.save::<f32>("x.npy", &shape, Order::C, &[]);
        folder.succeeds(&["apply", "glu", "x.npy", "y.npy"]);
        assert_eq!(folder.load::<f32>("y.npy").0, half);
    }
}

#[test]
fn hyper_parameters_are_those_of_the_gate() {
    let folder = Folder::new();
    folder.save("x.npy", &[2], Order::C, &[3.0_f32, 0.5]);
    let apply = ["apply", "gated_swish", "x.npy", "y.npy", "--set", "beta=4"];
    folder.succeeds(&apply);
    assert_close(folder.load::<f32>("y.npy").2[0], 3.0 * 0.5 * sigmoid(2.0));
}

#[test]
fn what_makes_no_halves_is_refused() {
    let folder = Folder::new();
    folder.save("x.npy", &[2, 3], Order::Fortran, &numbers(6, 5));
    folder.save("even.npy", &[2, 4], Order::C, &numbers(8, 6));
    folder.write("y.npy", "the earlier output");
    let apply = ["apply", "swiglu", "x.npy", "y.npy"];
    let odd = ["x.npy", "[2, 3]", "3 elements along axis -1", "even"];
    folder.fails(&apply, 1, &odd);
    folder.fails(
        &[&apply[..], &["--axis", "5"]].concat(),
        1,
        &["axis 5", "-2..=1"],
    );
    // That of the input, where half of it belongs.
    let backward = [
        "apply",
        "swiglu",
        "even.npy",
        "y.npy",
        "--backward",
        "even.npy",
    ];
    folder.fails(
        &backward,
        1,
        &["even.npy has the shape (2, 4)", "has (2, 2)"],
    );
    for other in ["relu", "softmax"] {
        let gate = ["apply", other, "even.npy", "y.npy", "--gate", "first"];
        folder.fails(&gate, 2, &[other, "--gate"]);
    }
    folder.fails(
        &["apply", "swiglu", "even.npy", "y.npy", "--set", "beta=2"],
        2,
        &["\"beta\""],
    );
    folder.fails(
        &["apply", "gated_sillu", "even.npy", "y.npy"],
        2,
        &["\"silu\""],
    );
    folder.fails(
        &["apply", "gated_softmax", "even.npy", "y.npy"],
        2,
        &["softmax is not elementwise", "list"],
    );
    let run = folder.run(&["apply", "swiglu", "even.npy", "y.npy", "--gate", "third"]);
    assert_eq!(run.code, Some(2), "{}", run.stderr);
    assert!(run.stderr.contains("first or second"), "{}", run.stderr);
}
