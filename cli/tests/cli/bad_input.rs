//! What `apply` refuses: one clear sentence, the right exit code, and every file as it was.

use crate::common::{Folder, npy, npy_with_header, numbers};
use npyz::Order;

/// A folder with an input and with an output that must survive.
fn folder() -> Folder {
    let folder = Folder::new();
    folder.save("x.npy", &[3, 5], Order::C, &numbers(15, 1));
    folder.write("y.npy", "the earlier output");
    folder
}

fn refuses(name: &str, bytes: impl AsRef<[u8]>, words: &[&str]) {
    let folder = folder();
    folder.write(name, bytes);
    folder.fails(
        &["apply", "relu", name, "y.npy"],
        1,
        &[&[name], words].concat(),
    );
}

fn header(descr: &str, shape: &str) -> String {
    format!("{{'descr': {descr}, 'fortran_order': False, 'shape': {shape}, }}\n")
}

#[test]
fn unknown_activation() {
    let words = ["\"gleu\"", "did you mean \"gelu\""];
    folder().fails(&["apply", "gleu", "x.npy", "y.npy"], 2, &words);
    let words = ["\"sofmax\"", "did you mean \"softmax\""];
    folder().fails(&["apply", "sofmax", "x.npy", "y.npy"], 2, &words);
    let words = ["\"softmaximum\"", "`wgpu-activations list`"];
    folder().fails(&["apply", "softmaximum", "x.npy", "y.npy"], 2, &words);
}

#[test]
fn unknown_parameter() {
    let set = ["--set", "slope=1"];
    let words = ["leaky_relu", "\"slope\"", "negative_slope"];
    folder().fails(
        &[&["apply", "leaky_relu", "x.npy", "y.npy"], &set[..]].concat(),
        2,
        &words,
    );
}

#[test]
fn invalid_parameter() {
    for (activation, set, word) in [
        ("leaky_relu", "negative_slope=nan", "NaN"),
        ("leaky_relu", "negative_slope=inf", "inf"),
        ("leaky_relu", "negative_slope=1e60", "finite"),
        ("swish", "alpha=1", "beta"),
        ("softplus", "beta=0", "beta"),
        ("hard_tanh", "min=2", "min"),
        ("rrelu", "lower=0.5", "lower"),
    ] {
        folder().fails(
            &["apply", activation, "x.npy", "y.npy", "--set", set],
            2,
            &[word],
        );
    }
}

#[test]
fn a_parameter_set_twice() {
    let set = ["--set", "negative_slope=1", "--set", "negative_slope=2"];
    let arguments = [&["apply", "leaky_relu", "x.npy", "y.npy"], &set[..]].concat();
    folder().fails(&arguments, 2, &["\"negative_slope\"", "twice"]);
}

#[test]
fn wrong_usage() {
    let folder = folder();
    for arguments in [
        &[][..],
        &["apply"],
        &["apply", "relu", "x.npy"],
        &["apply", "relu", "x.npy", "y.npy", "--fast"],
        &[
            "apply",
            "leaky_relu",
            "x.npy",
            "y.npy",
            "--set",
            "negative_slope",
        ],
        &[
            "apply",
            "leaky_relu",
            "x.npy",
            "y.npy",
            "--set",
            "negative_slope=steep",
        ],
    ] {
        let run = folder.run(arguments);
        assert_eq!(run.code, Some(2), "{arguments:?}: {}", run.stderr);
        assert_eq!(folder.read("y.npy"), b"the earlier output");
    }
}

#[test]
fn missing_file() {
    folder().fails(
        &["apply", "relu", "z.npy", "y.npy"],
        1,
        &["z.npy", "no such file"],
    );
    let backward = ["apply", "relu", "x.npy", "y.npy", "--backward", "z.npy"];
    folder().fails(&backward, 1, &["z.npy", "no such file"]);
}

#[test]
fn a_folder_as_input() {
    folder().fails(
        &["apply", "relu", ".", "y.npy"],
        1,
        &["cannot read .", "not a regular file"],
    );
}

#[test]
fn empty_file() {
    refuses("empty.npy", "", &["empty", "numpy.save"]);
}

#[test]
fn not_an_npy_file() {
    refuses("text.npy", "1.0, 2.0, 3.0\n", &["npy", "numpy.save"]);
    refuses("short.npy", "\u{93}NUM", &["npy", "numpy.save"]);
}

#[test]
fn unknown_version() {
    refuses(
        "new.npy",
        npy_with_header(4, &header("'<f4'", "(0,)"), b""),
        &["4.0"],
    );
}

#[test]
fn truncated_file() {
    let whole = npy(&[3, 5], Order::C, &numbers(15, 1));
    for length in [6, 9, 10, 60, 127] {
        refuses("cut.npy", &whole[..length], &["header"]);
    }
    refuses(
        "cut.npy",
        &whole[..whole.len() - 1],
        &["announces 60 bytes", "holds 59 of them"],
    );
    refuses(
        "cut.npy",
        &whole[..128],
        &["announces 60 bytes", "holds 0 of them"],
    );
}

#[test]
fn malformed_header() {
    refuses(
        "odd.npy",
        npy_with_header(1, "{'descr': '<f4'}", b""),
        &["'fortran_order' is missing"],
    );
    let deep = format!("{{'shape': {}", "(".repeat(60_000));
    refuses("deep.npy", npy_with_header(1, &deep, b""), &["header"]);
    let no_utf8 = [&npy_with_header(1, "{'aaaaaaaaaa", b"")[..14], &[0xff; 8]].concat();
    refuses("no_utf8.npy", no_utf8, &["header"]);
}

#[test]
fn a_shape_that_no_memory_holds() {
    let huge = header("'<f4'", "(4294967296, 4294967296)");
    refuses("huge.npy", npy_with_header(1, &huge, b"data"), &["2^64"]);
    let large = header("'<f4'", "(4294967296, 4)");
    refuses(
        "large.npy",
        npy_with_header(1, &large, b"data"),
        &["68719476736 bytes", "holds 4 of them"],
    );
}

#[test]
fn other_dtypes() {
    for (descr, name) in [
        ("'<i4'", "'<i4'"),
        ("'|u1'", "'|u1'"),
        ("'|b1'", "'|b1'"),
        ("'<c8'", "'<c8'"),
        ("'>f4'", "'>f4'"),
        ("'<f8'", "'<f8'"),
        ("'>f2'", "'>f2'"),
        ("'|V2'", "'|V2'"),
        ("'|O'", "'|O'"),
        ("[('a', '<f4')]", "structured"),
    ] {
        let bytes = npy_with_header(1, &header(descr, "(2,)"), &[0; 64]);
        refuses("other.npy", bytes, &[name, "numpy.asarray(x, dtype='<f4')"]);
    }
}

#[test]
fn shapes_that_differ() {
    let folder = folder();
    folder.save("g.npy", &[5, 3], Order::C, &numbers(15, 2));
    let arguments = ["apply", "relu", "x.npy", "y.npy", "--backward", "g.npy"];
    folder.fails(&arguments, 1, &["g.npy", "(5, 3)", "x.npy", "(3, 5)"]);
}

#[test]
fn a_missing_output_folder() {
    folder().fails(
        &["apply", "relu", "x.npy", "no/y.npy"],
        1,
        &["no/y.npy", "create it first"],
    );
}

#[test]
fn a_folder_as_output() {
    folder().fails(
        &["apply", "relu", "x.npy", "."],
        1,
        &["cannot write .", "folder"],
    );
    folder().fails(
        &["apply", "relu", "x.npy", "new/"],
        1,
        &["cannot write new/", "folder"],
    );
}

#[test]
fn a_name_that_the_file_system_refuses() {
    let name = "y".repeat(300);
    folder().fails(&["apply", "relu", "x.npy", &name], 1, &["cannot write yyy"]);
    folder().fails(
        &["apply", "relu", "x.npy", "x.npy/y.npy"],
        1,
        &["cannot write x.npy/y.npy"],
    );
}

#[test]
fn no_adapter() {
    let folder = folder();
    let mut command = folder.command();
    command.args(["apply", "relu", "x.npy", "y.npy"]);
    // The Vulkan loader alone, and it without a driver.
    command
        .env("WGPU_BACKEND", "vulkan")
        .env("VK_DRIVER_FILES", "/nonexistent");
    command
        .env("VK_ICD_FILENAMES", "/nonexistent")
        .env_remove("WGPU_ADAPTER_NAME");
    folder.command_fails(&mut command, 1, &["no GPU adapter", "mesa-vulkan-drivers"]);
    for arguments in [&["adapters"][..], &["verify", "relu"]] {
        let mut command = folder.command();
        command.args(arguments).env("WGPU_BACKEND", "vulkan");
        command
            .env("VK_DRIVER_FILES", "/nonexistent")
            .env("VK_ICD_FILENAMES", "/nonexistent");
        folder.command_fails(&mut command, 1, &["no GPU adapter", "mesa-vulkan-drivers"]);
    }
}

#[test]
fn an_unknown_back_end() {
    let folder = folder();
    let mut command = folder.command();
    command.args(["apply", "relu", "x.npy", "y.npy"]);
    command.env("WGPU_BACKEND", "voodoo");
    folder.command_fails(&mut command, 2, &["WGPU_BACKEND=voodoo", "vulkan"]);
}

#[test]
fn an_adapter_name_that_matches_none() {
    let folder = folder();
    let arguments = ["apply", "relu", "x.npy", "y.npy", "--adapter", "voodoo"];
    let adapters = folder.succeeds(&["adapters"]).stdout;
    let there = adapters.lines().next().expect("an adapter");
    folder.fails(&arguments, 1, &["\"voodoo\"", there]);
}

#[test]
fn dtypes_that_npy_or_the_kernels_do_not_have() {
    let apply = ["apply", "relu", "x.npy", "y.npy", "--dtype"];
    let with = |dtype| [&apply[..], &[dtype]].concat();
    folder().fails(&with("bf16"), 2, &["bf16", "--dtype f32 or f16"]);
    for name in ["f8", "f64", "F16"] {
        let run = folder().run(&with(name));
        assert_eq!(run.code, Some(2), "{}", run.stderr);
        let words = format!("no dtype {name:?}; choose f32, f16 or bf16");
        assert!(run.stderr.contains(&words), "{}", run.stderr);
    }
}
