//! What `apply` refuses of hyper-parameters in files: every file stays as it was.

use npyz::Order;
use safetensors::Dtype;

use super::{APPLY, BACKWARD};
use crate::common::{Folder, numbers};
use crate::safetensors::file;

/// With outputs that must survive.
fn folder() -> Folder {
    let (folder, _) = super::folder(Order::C);
    folder.write("y.npy", "the earlier output");
    folder.write("dslopes.npy", "the earlier gradient");
    folder
}

/// The arguments of a backward pass with one exchanged.
fn with<'a>(old: &str, new: &'a str) -> Vec<&'a str> {
    let all = [&APPLY[..], &BACKWARD].concat();
    assert!(all.contains(&old));
    all.into_iter()
        .map(|argument| if argument == old { new } else { argument })
        .collect()
}

const VALUES: &str = "negative_slope=slopes.npy";
const GRADIENT: &str = "negative_slope=dslopes.npy";

#[test]
fn names_that_do_not_fit() {
    let folder = folder();
    let unknown = ["prelu", "\"slope\"", "negative_slope"];
    folder.fails(&with(VALUES, "slope=slopes.npy"), 2, &unknown);
    folder.fails(
        &with(GRADIENT, "slope=d.npy"),
        2,
        &["--parameter-grad slope", "--parameter slope="],
    );
    let takes_none = ["relu", "\"negative_slope\"", "it takes none"];
    folder.fails(&with("prelu", "relu"), 2, &takes_none);
    for other in ["softmax", "swiglu", "cross_entropy"] {
        folder.fails(&with("prelu", other), 2, &[other, "--parameter"]);
    }
    let twice = ["\"negative_slope\" is set twice"];
    let values = ["--parameter", "negative_slope=x.npy"];
    folder.fails(&[&APPLY[..], &values].concat(), 2, &twice);
    let set = ["--set", "negative_slope=0.5"];
    folder.fails(&[&APPLY[..], &set].concat(), 2, &twice);
    let gradients = ["--parameter-grad", "negative_slope=d.npy"];
    let all = [&APPLY[..], &BACKWARD, &gradients].concat();
    folder.fails(&all, 2, &["\"negative_slope\"", "wanted twice"]);
}

#[test]
fn options_that_need_each_other() {
    let folder = folder();
    for (arguments, word) in [
        ([&APPLY[..], &BACKWARD[2..]].concat(), "--backward"),
        ([&APPLY[..4], &BACKWARD].concat(), "--parameter"),
        ([&APPLY[..4], &APPLY[6..]].concat(), "--parameter"),
        (
            [&APPLY[..], &["--train", "--seed", "1"]].concat(),
            "cannot be used with",
        ),
        (with(VALUES, "slopes.npy"), "name=file"),
        (with(VALUES, "negative_slope="), "name=file"),
    ] {
        let before = folder.snapshot();
        let run = folder.run(&arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert!(run.stderr.contains(word), "{}", run.stderr);
        assert_eq!(before, folder.snapshot());
    }
}

#[test]
fn lengths_and_axes_that_do_not_fit() {
    let folder = folder();
    folder.fails(
        &with("1", "2"),
        1,
        &["slopes.npy", "negative_slope has 3 values", "1, or 4"],
    );
    folder.fails(&with("1", "3"), 1, &["x.npy", "axis 3", "-3..=2"]);
    let without_axis = [&APPLY[..6], &BACKWARD].concat();
    folder.fails(
        &without_axis,
        1,
        &["slopes.npy has 3 values", "--channel-axis"],
    );
    folder.save("x.npy", &[], Order::C, &[1.0_f32]);
    folder.fails(&APPLY, 1, &["x.npy", "axis 1", "no axis"]);
}

#[test]
fn values_that_are_not_allowed() {
    let folder = folder();
    folder.save("slopes.npy", &[3], Order::C, &[0.5, f32::NAN, 0.5]);
    let nan = ["negative_slope has NaN at index 1", "correct"];
    folder.fails(&APPLY, 1, &nan);
    folder.fails(&with("g.npy", "g.npy"), 1, &nan);
    folder.save("slopes.npy", &[3], Order::C, &[0.5, 0.5, f32::NEG_INFINITY]);
    folder.fails(&APPLY, 1, &["-inf at index 2"]);
    folder.save("slopes.npy", &[3], Order::C, &[1.0_f32, 0.0, 1.0]);
    let mut softplus = APPLY;
    (softplus[1], softplus[5]) = ("softplus", "beta=slopes.npy");
    folder.fails(
        &softplus,
        1,
        &["softplus with beta = 0", "index 1", "correct"],
    );
}

#[test]
fn files_that_do_not_fit() {
    let folder = folder();
    folder.fails(
        &with(VALUES, "negative_slope=none.npy"),
        1,
        &["none.npy", "no such file"],
    );
    folder.write("broken.npy", "not an array");
    folder.fails(
        &with(VALUES, "negative_slope=broken.npy"),
        1,
        &["broken.npy", "npy"],
    );
    let nowhere = with(GRADIENT, "negative_slope=no/d.npy");
    folder.fails(&nowhere, 1, &["no/d.npy", "create it first"]);
    for twice in ["negative_slope=y.npy", "negative_slope=./y.npy"] {
        folder.fails(&with(GRADIENT, twice), 2, &["y.npy", "written twice"]);
    }
    let unnamed = with(GRADIENT, "negative_slope=d.safetensors");
    folder.fails(&unnamed, 2, &["d.safetensors", "names no tensor"]);
    folder.write(
        "d.safetensors",
        file(&[("other", Dtype::F32, &[1], &[0; 4])]),
    );
    let named = with(GRADIENT, "negative_slope=d.safetensors:slopes");
    folder.fails(&named, 1, &["d.safetensors", "\"other\""]);
    folder.save("g.npy", &[24], Order::C, &numbers(24, 2));
    folder.fails(&with("g.npy", "g.npy"), 1, &["g.npy", "(24,)", "(2, 3, 4)"]);
}
