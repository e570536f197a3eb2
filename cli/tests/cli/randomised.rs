//! `apply rrelu --train`, held against a table of slopes that was computed elsewhere.

use npyz::Order;

use crate::common::Folder;

const TRAIN: [&str; 7] = ["apply", "rrelu", "x.npy", "y.npy", "--train", "--seed", "7"];

#[test]
fn slopes_lie_between_the_bounds_and_repeat() {
    let folder = Folder::new();
    let x: Vec<f32> = (0..1000)
        .map(|n| if n % 10 == 0 { 2.0 } else { -1.0 })
        .collect();
    folder.save("x.npy", &[1000], Order::C, &x);
    folder.succeeds(&TRAIN);
    let y = folder.load::<f32>("y.npy").2;
    for (x, y) in x.iter().zip(&y) {
        let expected = if *x > 0.0 {
            2.0..=2.0
        } else {
            -1.0 / 3.0..=-0.125
        };
        assert!(expected.contains(y), "{x}: {y}");
    }
    let mut slopes: Vec<_> = y.iter().filter(|y| **y < 0.0).collect();
    slopes.sort_by(|a, b| a.total_cmp(b));
    slopes.dedup();
    assert!(slopes.len() > 890, "{} of 900 differ", slopes.len());

    let again = [&TRAIN[..3], &["again.npy"], &TRAIN[4..]].concat();
    folder.succeeds(&again);
    assert_eq!(folder.read("again.npy"), folder.read("y.npy"));
    folder.succeeds(&[&TRAIN[..6], &["8"]].concat());
    assert_ne!(folder.read("again.npy"), folder.read("y.npy"));

    // The slopes of the same seed, not their mean.
    folder.save("g.npy", &[1000], Order::C, &vec![-1.0_f32; 1000]);
    folder.succeeds(&[&again[..], &["--backward", "g.npy"]].concat());
    for ((x, y), dx) in x.iter().zip(&y).zip(folder.load::<f32>("again.npy").2) {
        assert_eq!(dx, if *x > 0.0 { -1.0 } else { *y });
    }
}

/// `tests/data/slopes.tsv` of the library, whose generator is a script of its own.
#[test]
fn slopes_are_those_of_the_table() {
    let folder = Folder::new();
    folder.save("x.npy", &[4096], Order::C, &[-1.0_f32; 4096]);
    folder.succeeds(&["apply", "rrelu", "x.npy", "y.npy", "--train", "--seed", "0"]);
    let y = folder.load::<f32>("y.npy").2;
    let table = include_str!("../../../tests/data/slopes.tsv");
    let mut checked = 0;
    for line in table.lines() {
        // The default bounds, that seed, and the beginning of its numbers.
        let Some(rest) = line.strip_prefix("0.125\t0.33333334\t0\t0\t") else {
            continue;
        };
        let (element, bits) = rest.split_once('\t').expect("an element and its slope");
        let Some(y) = y.get(element.parse::<usize>().expect("an element")) else {
            continue;
        };
        assert_eq!(format!("{:08x}", (-y).to_bits()), bits, "{line}");
        checked += 1;
    }
    assert!(checked >= 10, "{checked} lines");
}

#[test]
fn slopes_go_by_the_shape_and_not_by_the_order_in_memory() {
    let folder = Folder::new();
    let minus = [-1.0_f32; 6];
    folder.save("c.npy", &[2, 3], Order::C, &minus);
    folder.save("fortran.npy", &[2, 3], Order::Fortran, &minus);
    folder.save("g.npy", &[2, 3], Order::Fortran, &minus);
    let train = ["--train", "--seed", "1"];
    let apply = |input, output, rest: &[&str]| {
        folder.succeeds(&[&["apply", "rrelu", input, output][..], &train, rest].concat());
    };
    apply("c.npy", "y.npy", &[]);
    let (_, order, y) = folder.load::<f32>("y.npy");
    assert_eq!(order, Order::C);
    assert_ne!(y[1], y[3], "slopes differ");
    for input in ["c.npy", "fortran.npy"] {
        for backward in [&[][..], &["--backward", "g.npy"]] {
            apply(input, "other.npy", backward);
            assert_eq!(
                folder.load::<f32>("other.npy"),
                (vec![2, 3], Order::C, y.clone())
            );
        }
    }
}

#[test]
fn training_without_a_seed_or_of_another_function_is_refused() {
    let folder = Folder::new();
    folder.save("x.npy", &[2], Order::C, &[1.0_f32, -1.0]);
    folder.write("y.npy", "the earlier output");
    for other in ["leaky_relu", "softmax", "swiglu"] {
        let apply = ["apply", other, "x.npy", "y.npy", "--train", "--seed", "1"];
        folder.fails(&apply, 2, &[other, "--train", "rrelu"]);
    }
    for bounds in ["lower=0.5", "upper=0.01"] {
        let apply = [&TRAIN[..], &["--set", bounds]].concat();
        folder.fails(&apply, 2, &["rrelu", "lower"]);
    }
    for (options, word) in [
        (&["--train"][..], "--seed"),
        (&["--seed", "1"], "--train"),
        (&["--train", "--seed", "-1"], "--seed"),
        (&["--train", "--seed", "18446744073709551616"], "--seed"),
    ] {
        let run = folder.run(&[&TRAIN[..4], options].concat());
        assert_eq!(run.code, Some(2), "{options:?}: {}", run.stderr);
        assert!(run.stderr.contains(word), "{options:?}: {}", run.stderr);
    }
}
