//! `apply softmax` under masks, held against formulas in f64.

use half::{bf16, f16};
use npyz::Order;
use safetensors::Dtype;

use crate::common::{Folder, numbers};
use crate::safetensors::file;

const SHAPE: [u64; 3] = [3, 4, 5];

/// softmax of each row along the last axis of `SHAPE`, where `part` says what is added to an element, or
/// nothing where it has no part.
fn expected(x: &[f32], part: impl Fn([usize; 3]) -> Option<f64>) -> Vec<f64> {
    let rows = x.chunks(5).enumerate();
    let row = |(row, x): (usize, &[f32])| -> Vec<f64> {
        let terms = x.iter().enumerate().map(|(k, &x)| {
            let part = part([row / 4, row % 4, k]);
            part.map_or(0.0, |added| (f64::from(x) + added).exp())
        });
        let terms: Vec<_> = terms.collect();
        let sum: f64 = terms.iter().sum();
        let share = |term: &f64| if sum > 0.0 { term / sum } else { 0.0 };
        terms.iter().map(share).collect()
    };
    rows.flat_map(row).collect()
}

/// The elements of a tensor in C order as they lie in the other one.
fn turned<T: Copy>(shape: &[u64], elements: &[T]) -> Vec<T> {
    let mut places: Vec<usize> = (0..elements.len()).collect();
    // The last index is what decides first.
    places.sort_by_key(|&place| {
        let mut rest = place as u64;
        let mut key = Vec::new();
        for len in shape.iter().rev() {
            key.push(rest % len);
            rest /= len;
        }
        key
    });
    places.into_iter().map(|place| elements[place]).collect()
}

fn assert_close(actual: &[f32], expected: &[f64]) {
    assert_eq!(actual.len(), expected.len());
    for (at, (actual, expected)) in actual.iter().zip(expected).enumerate() {
        let error = (f64::from(*actual) - expected).abs();
        assert!(error <= 1e-6, "[{at}]: {actual} for {expected}");
    }
}

const APPLY: [&str; 4] = ["apply", "softmax", "x.npy", "y.npy"];

fn folder() -> (Folder, Vec<f32>) {
    let (folder, x) = (Folder::new(), numbers(60, 1));
    folder.save("x.npy", &SHAPE, Order::C, &x);
    (folder, x)
}

#[test]
fn true_lets_an_element_take_part() {
    let (folder, x) = folder();
    let kept: Vec<bool> = numbers(60, 7).into_iter().map(|x| x > -2.0).collect();
    let mask = [&APPLY[..], &["--mask", "mask.npy"]].concat();
    type Place = fn([usize; 3]) -> usize;
    let cases: [(&[u64], Place); 6] = [
        (&[3, 4, 5], |[i, j, k]| (i * 4 + j) * 5 + k),
        (&[4, 5], |[_, j, k]| j * 5 + k),
        (&[3, 1, 5], |[i, _, k]| i * 5 + k),
        (&[3, 4, 1], |[i, j, _]| i * 4 + j),
        (&[5], |[_, _, k]| k),
        (&[], |_| 0),
    ];
    for (shape, place) in cases {
        let count: u64 = shape.iter().product();
        let kept = &kept[..count as usize];
        let expected = expected(&x, |index| kept[place(index)].then_some(0.0));
        folder.save("x.npy", &SHAPE, Order::C, &x);
        folder.save("mask.npy", shape, Order::C, kept);
        folder.succeeds(&mask);
        assert_close(&folder.load::<f32>("y.npy").2, &expected);

        let bytes: Vec<u8> = kept.iter().map(|&kept| kept.into()).collect();
        let extents: Vec<usize> = shape.iter().map(|&extent| extent as usize).collect();
        folder.write(
            "m.safetensors",
            file(&[("kept", Dtype::BOOL, &extents, &bytes)]),
        );
        folder.succeeds(&[&APPLY[..], &["--mask", "m.safetensors"]].concat());
        assert_close(&folder.load::<f32>("y.npy").2, &expected);

        folder.save("x.npy", &SHAPE, Order::Fortran, &turned(&SHAPE, &x));
        folder.save("mask.npy", shape, Order::Fortran, &turned(shape, kept));
        folder.succeeds(&mask);
        let (_, order, y) = folder.load::<f32>("y.npy");
        assert_eq!(order, Order::Fortran);
        let expected: Vec<f64> = turned(&SHAPE, &expected);
        assert_close(&y, &expected);
    }
}

#[test]
fn numbers_are_added_after_the_scale() {
    let (folder, x) = folder();
    // Eighths, which every type holds; one of them leaves its element out.
    let mut added: Vec<f32> = (0..20).map(|n| (n * 7 % 17 - 8) as f32 / 8.0).collect();
    added[3] = f32::NEG_INFINITY;
    folder.save("f32.npy", &[4, 5], Order::C, &added);
    let halves: Vec<f16> = added.iter().map(|&x| f16::from_f32(x)).collect();
    folder.save("f16.npy", &[4, 5], Order::C, &halves);
    let brains = added.iter().map(|&x| bf16::from_f32(x).to_le_bytes());
    let brains: Vec<u8> = brains.flatten().collect();
    let tensors = [("bias", Dtype::BF16, &[4, 5][..], &brains[..])];
    folder.write("m.safetensors", file(&tensors));

    let scaled: Vec<f32> = x.iter().map(|x| 0.5 * x).collect();
    let expected = expected(&scaled, |[_, j, k]| Some(added[j * 5 + k].into()));
    for mask in ["f32.npy", "f16.npy", "m.safetensors:bias"] {
        let options = ["--mask", mask, "--scale", "0.5"];
        folder.succeeds(&[&APPLY[..], &options].concat());
        assert_close(&folder.load::<f32>("y.npy").2, &expected);
    }
}

#[test]
fn causal_masks_leave_out_what_comes_later() {
    let (folder, x) = folder();
    // The last of 4 queries sees the last of 5 keys.
    let expected = expected(&x, |[_, j, k]| (k <= j + 1).then_some(0.0));
    folder.succeeds(&[&APPLY[..], &["--causal"]].concat());
    let y = folder.load::<f32>("y.npy").2;
    assert_close(&y, &expected);

    // Backward the saved output tells what was left out.
    let g = numbers(60, 5);
    folder.save("g.npy", &SHAPE, Order::C, &g);
    folder.succeeds(&["apply", "softmax", "y.npy", "dx.npy", "--backward", "g.npy"]);
    let gradients: Vec<f64> = expected
        .chunks(5)
        .zip(g.chunks(5))
        .flat_map(|(y, g)| {
            let total: f64 = y.iter().zip(g).map(|(y, &g)| y * f64::from(g)).sum();
            let gradients = y.iter().zip(g);
            gradients.map(move |(y, &g)| y * (f64::from(g) - total))
        })
        .collect();
    let dx = folder.load::<f32>("dx.npy").2;
    for (dx, expected) in dx.into_iter().zip(gradients) {
        let error = (f64::from(dx) - expected).abs();
        assert!(error <= 8e-6, "{dx} for {expected}");
    }

    folder.save("x.npy", &SHAPE, Order::Fortran, &turned(&SHAPE, &x));
    let causal = [&APPLY[..], &["--causal"]].concat();
    folder.fails(&causal, 1, &["x.npy", "C order", "ascontiguousarray"]);
    // Where the output is in C order, so is what is computed.
    folder.succeeds(&["apply", "softmax", "x.npy", "y.safetensors:y", "--causal"]);
    let bytes = folder.read("y.safetensors");
    let tensors = safetensors::SafeTensors::deserialize(&bytes).expect("a safetensors file");
    let y = tensors.tensor("y").expect("it is there");
    let y = y.data().as_chunks::<4>().0.iter();
    let y: Vec<f32> = y.map(|&bytes| f32::from_le_bytes(bytes)).collect();
    assert_close(&y, &expected);
}

#[test]
fn masks_that_do_not_fit_are_refused() {
    let (folder, _) = folder();
    folder.write("y.npy", "the earlier output");
    let with = |mask: &'static str| [&APPLY[..], &["--mask", mask]].concat();
    folder.save("wide.npy", &[3, 5], Order::C, &[true; 15]);
    folder.fails(
        &with("wide.npy"),
        1,
        &["wide.npy", "x.npy", "[3, 5]", "[3, 4, 5]", "broadcast"],
    );
    folder.save("deep.npy", &[1, 3, 4, 5], Order::C, &[true; 60]);
    folder.fails(&with("deep.npy"), 1, &["[1, 3, 4, 5]", "[3, 4, 5]"]);
    folder.save("whole.npy", &[5], Order::C, &[1_i64; 5]);
    folder.fails(&with("whole.npy"), 1, &["whole.npy", "'<i8'", "'|b1'"]);
    folder.save("turned.npy", &[4, 5], Order::Fortran, &[true; 20]);
    folder.fails(&with("turned.npy"), 1, &["turned.npy", "order"]);
    folder.fails(&with("none.npy"), 1, &["none.npy", "no such file"]);
    folder.save("one.npy", &[5], Order::C, &[1.0_f32; 5]);
    folder.fails(
        &["apply", "softmax", "one.npy", "y.npy", "--causal"],
        1,
        &["one.npy", "axis of queries"],
    );

    for option in [&["--mask", "one.npy"][..], &["--causal"]] {
        for (function, input) in [
            ("relu", "x.npy"),
            ("glu", "x.npy"),
            ("cross_entropy", "x.npy"),
        ] {
            let apply = [&["apply", function, input, "y.npy"][..], option].concat();
            folder.fails(&apply, 2, &[function, "--mask", "softmax"]);
        }
        let backward = [&APPLY[..], option, &["--backward", "x.npy"]].concat();
        folder.fails(&backward, 2, &["softmax backward", "saved output"]);
    }
    let both = folder.run(&[&with("one.npy")[..], &["--causal"]].concat());
    assert_eq!(both.code, Some(2), "{}", both.stderr);
    let help = folder.succeeds(&["apply", "--help"]).stdout;
    let help = help.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(help.contains("true lets an element take part"), "{help}");
}
