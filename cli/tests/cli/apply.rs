//! `apply` on files that are as they should be, held against formulas in f64.

use crate::common::{Folder, npy, npy_with_header, numbers};
use half::f16;
use npyz::Order;
use wgpu_activations::offload::choose_adapter;

fn silu(x: f32) -> f64 {
    f64::from(x) / (1.0 + f64::from(-x).exp())
}

fn silu_derivative(x: f32) -> f64 {
    let sigmoid = 1.0 / (1.0 + f64::from(-x).exp());
    sigmoid * (1.0 + f64::from(x) * (1.0 - sigmoid))
}

fn assert_close(actual: &[f32], expected: impl ExactSizeIterator<Item = f64>) {
    assert_eq!(actual.len(), expected.len());
    for (n, (&actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (f64::from(actual) - expected).abs();
        assert!(
            error <= 1e-6 * expected.abs().max(1.0),
            "element {n}: {actual} for {expected}"
        );
    }
}

#[test]
fn forward_keeps_shape_and_order() {
    let folder = Folder::new();
    let shapes: [&[u64]; 9] = [
        &[],
        &[1],
        &[7],
        &[1023],
        &[3, 5],
        &[2, 3, 4, 5, 1],
        &[0],
        &[3, 0, 2],
        &[1, 1, 1],
    ];
    for shape in shapes {
        for order in [Order::C, Order::Fortran] {
            let x = numbers(shape.iter().product::<u64>() as usize, 1);
            folder.save("x.npy", shape, order, &x);
            folder.succeeds(&["apply", "silu", "x.npy", "y.npy"]);
            let (actual_shape, actual_order, y) = folder.load::<f32>("y.npy");
            assert_eq!((actual_shape.as_slice(), actual_order), (shape, order));
            assert_close(&y, x.iter().map(|&x| silu(x)));
        }
    }
}

#[test]
fn parameters_are_set() {
    let folder = Folder::new();
    let x = numbers(100, 2);
    folder.save("x.npy", &[100], Order::C, &x);
    folder.succeeds(&[
        "apply",
        "leaky_relu",
        "x.npy",
        "y.npy",
        "--set",
        "negative_slope=1/3",
    ]);
    let slope = f64::from(1.0_f32 / 3.0);
    let expected = x
        .iter()
        .map(|&x| f64::from(x) * if x > 0.0 { 1.0 } else { slope });
    assert_close(&folder.load::<f32>("y.npy").2, expected);
}

#[test]
fn more_than_one_chunk_arrives_in_order() {
    let folder = Folder::new();
    let x = numbers((5 << 20) + 3, 3);
    folder.save("x.npy", &[x.len() as u64], Order::C, &x);
    folder.succeeds(&["apply", "relu", "x.npy", "y.npy"]);
    let y = folder.load::<f32>("y.npy").2;
    assert!(y.iter().zip(&x).all(|(&y, &x)| y == x.max(0.0)) && y.len() == x.len());
}

#[test]
fn adapters_share_a_file() {
    let folder = Folder::new();
    let x = numbers((5 << 20) + 3, 3);
    folder.save("x.npy", &[x.len() as u64], Order::C, &x);
    let adapter = choose_adapter(None).expect("an adapter").get_info();
    let name = adapter.name.as_str();
    let apply = ["apply", "relu", "x.npy", "y.npy", "--with-adapter", name];
    let run = folder.succeeds(&[&apply[..], &["--with-adapter", name]].concat());
    assert_eq!(run.stderr.matches(name).count(), 3, "{}", run.stderr);
    let y = folder.load::<f32>("y.npy").2;
    assert!(y.iter().zip(&x).all(|(&y, &x)| y == x.max(0.0)) && y.len() == x.len());
    let none = [
        "apply",
        "relu",
        "x.npy",
        "z.npy",
        "--with-adapter",
        "Voodoo",
    ];
    folder.fails(&none, 1, &["Voodoo", name]);
}

#[test]
fn backward_takes_a_gradient_of_either_order() {
    let folder = Folder::new();
    let shape = [3_u64, 5, 4];
    // The same array, in both orders.
    let value = |i: u64, j: u64, k: u64, seed| numbers(1, (i * 100 + j * 10 + k) as u32 + seed)[0];
    let array = |order, seed| -> Vec<f32> {
        (0..60)
            .map(|n| match order {
                Order::C => value(n / 20, n / 4 % 5, n % 4, seed),
                Order::Fortran => value(n % 3, n / 3 % 5, n / 15, seed),
            })
            .collect()
    };
    for input in [Order::C, Order::Fortran] {
        for gradient in [Order::C, Order::Fortran] {
            folder.save("x.npy", &shape, input, &array(input, 0));
            folder.save("g.npy", &shape, gradient, &array(gradient, 5000));
            folder.succeeds(&["apply", "silu", "x.npy", "dx.npy", "--backward", "g.npy"]);
            let (actual_shape, actual_order, dx) = folder.load::<f32>("dx.npy");
            assert_eq!((actual_shape.as_slice(), actual_order), (&shape[..], input));
            let (x, g) = (array(input, 0), array(input, 5000));
            let expected = x
                .iter()
                .zip(&g)
                .map(|(&x, &g)| silu_derivative(x) * f64::from(g));
            assert_close(&dx, expected);
        }
    }
}

#[test]
fn every_version_of_the_format_is_read() {
    let folder = Folder::new();
    let x = numbers(6, 4);
    let data: Vec<u8> = x.iter().flat_map(|x| x.to_le_bytes()).collect();
    // Of odd length, so that no element starts where an f32 may.
    let header = "{'descr': '<f4', 'fortran_order': True, 'shape': (2, 3), }\n";
    for version in 1..=3 {
        folder.write("x.npy", npy_with_header(version, header, &data));
        folder.succeeds(&["apply", "relu", "x.npy", "y.npy"]);
        let expected: Vec<_> = x.iter().map(|x| x.max(0.0)).collect();
        assert_eq!(
            folder.load::<f32>("y.npy"),
            (vec![2, 3], Order::Fortran, expected)
        );
    }
}

#[test]
fn bytes_after_the_data_are_ignored() {
    let folder = Folder::new();
    let mut bytes = npy(&[3], Order::C, &[-1.0_f32, 0.0, 2.0]);
    bytes.extend(b"more");
    folder.write("x.npy", bytes);
    folder.succeeds(&["apply", "relu", "x.npy", "y.npy"]);
    assert_eq!(folder.load::<f32>("y.npy").2, [0.0, 0.0, 2.0]);
    assert_eq!(folder.read("y.npy").len(), 128 + 12);
}

#[test]
fn output_may_be_input_or_gradient() {
    let folder = Folder::new();
    let (x, g) = (numbers(1000, 5), numbers(1000, 6));
    let gradient = || {
        x.iter()
            .zip(&g)
            .map(|(&x, &g)| silu_derivative(x) * f64::from(g))
    };

    folder.save("x.npy", &[1000], Order::C, &x);
    folder.succeeds(&["apply", "silu", "x.npy", "x.npy"]);
    assert_close(&folder.load::<f32>("x.npy").2, x.iter().map(|&x| silu(x)));

    folder.save("x.npy", &[1000], Order::C, &x);
    folder.save("g.npy", &[1000], Order::C, &g);
    folder.succeeds(&["apply", "silu", "x.npy", "g.npy", "--backward", "g.npy"]);
    assert_close(&folder.load::<f32>("g.npy").2, gradient());

    folder.save("g.npy", &[1000], Order::C, &g);
    folder.succeeds(&["apply", "silu", "x.npy", "./x.npy", "--backward", "g.npy"]);
    assert_close(&folder.load::<f32>("x.npy").2, gradient());
}

#[test]
fn one_line_tells_what_was_done_unless_quiet() {
    let folder = Folder::new();
    folder.save("x.npy", &[4], Order::C, &numbers(4, 7));
    let run = folder.succeeds(&["apply", "relu", "x.npy", "y.npy"]);
    assert!(
        run.stderr.starts_with("relu forward: 4 elements in "),
        "{}",
        run.stderr
    );
    assert_eq!((run.stderr.lines().count(), run.stdout.as_str()), (1, ""));
    folder.save("one.npy", &[1], Order::C, &[1.0_f32]);
    let run = folder.succeeds(&["apply", "relu", "one.npy", "y.npy"]);
    assert!(run.stderr.contains(": 1 element in "), "{}", run.stderr);
    let run = folder.succeeds(&["apply", "relu", "x.npy", "y.npy", "--quiet"]);
    assert_eq!((run.stderr.as_str(), run.stdout.as_str()), ("", ""));
}

#[test]
fn half_precision_is_read_and_written() {
    let folder = Folder::new();
    for (shape, order) in [
        (&[1023][..], Order::C),
        (&[31, 33], Order::Fortran),
        (&[], Order::C),
    ] {
        let x = numbers(shape.iter().product::<u64>() as usize, 7);
        let x: Vec<f16> = x.into_iter().map(f16::from_f32).collect();
        folder.save("x.npy", shape, order, &x);
        folder.succeeds(&["apply", "silu", "x.npy", "y.npy"]);
        let (actual_shape, actual_order, y) = folder.load::<f16>("y.npy");
        assert_eq!((actual_shape.as_slice(), actual_order), (shape, order));
        for (x, y) in x.iter().zip(&y) {
            let error = (y.to_f64() - silu(x.to_f32())).abs();
            assert!(error <= 1e-3 * silu(x.to_f32()).abs().max(0.01), "{x}: {y}");
        }
    }
}

#[test]
fn dtypes_may_be_mixed() {
    let folder = Folder::new();
    let x = numbers(1001, 8);
    let grad: Vec<f16> = numbers(1001, 9).into_iter().map(f16::from_f32).collect();
    folder.save("x.npy", &[7, 11, 13], Order::C, &x);
    folder.save("grad.npy", &[7, 11, 13], Order::C, &grad);
    // The result is of the input's type unless another one is asked for.
    let backward = ["apply", "relu", "x.npy", "grad_x.npy", "--backward"];
    folder.succeeds(&[&backward[..], &["grad.npy"]].concat());
    let slope = |x: f32| if x > 0.0 { 1.0 } else { 0.0 };
    let expected = x
        .iter()
        .zip(&grad)
        .map(|(&x, grad)| slope(x) * grad.to_f64());
    assert_close(&folder.load::<f32>("grad_x.npy").2, expected);

    folder.succeeds(&["apply", "relu", "x.npy", "y.npy", "--dtype", "f16"]);
    let y = folder.load::<f16>("y.npy").2;
    let expected = x.iter().map(|x| f16::from_f32(x.max(0.0)));
    assert!(y.iter().copied().eq(expected));
    folder.succeeds(&["apply", "relu", "y.npy", "y.npy", "--dtype", "f32"]);
    let widened = folder.load::<f32>("y.npy").2;
    assert!(widened.iter().copied().eq(y.iter().map(|y| y.to_f32())));
}
