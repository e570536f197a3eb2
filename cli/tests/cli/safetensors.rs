//! `apply` on safetensors files, which the crate of that name reads and writes here.

mod damaged;

use half::{bf16, f16};
use npyz::Order;
use safetensors::tensor::TensorView;
use safetensors::{Dtype, SafeTensors};

use crate::common::{Folder, numbers};

/// A file of tensors, each of name, type, shape and bytes.
pub(crate) fn file(tensors: &[(&str, Dtype, &[usize], &[u8])]) -> Vec<u8> {
    let views = tensors.iter().map(|(name, dtype, shape, bytes)| {
        let view = TensorView::new(*dtype, shape.to_vec(), bytes);
        (*name, view.expect("as many bytes as the shape says"))
    });
    safetensors::serialize(views, None).expect("a file")
}

/// The only tensor of a file.
pub(crate) fn load(folder: &Folder, file: &str, name: &str) -> (Dtype, Vec<usize>, Vec<u8>) {
    let bytes = folder.read(file);
    let tensors = SafeTensors::deserialize(&bytes).expect("a safetensors file");
    assert_eq!(tensors.names(), [name]);
    let tensor = tensors.tensor(name).expect("it is there");
    (
        tensor.dtype(),
        tensor.shape().to_vec(),
        tensor.data().to_vec(),
    )
}

pub(crate) fn bytes<const N: usize, T: Copy>(elements: &[T], bytes: fn(T) -> [u8; N]) -> Vec<u8> {
    elements
        .iter()
        .flat_map(|&element| bytes(element))
        .collect()
}

fn f32_bytes(elements: &[f32]) -> Vec<u8> {
    bytes(elements, f32::to_le_bytes)
}

/// Every dtype, in a file with what the command does not know.
fn folder() -> Folder {
    let folder = Folder::new();
    let x = numbers(6, 1);
    let halves: Vec<f16> = x.iter().map(|&x| f16::from_f32(x)).collect();
    let brains: Vec<bf16> = x.iter().map(|&x| bf16::from_f32(x)).collect();
    folder.write(
        "x.safetensors",
        file(&[
            ("layer.weight", Dtype::F32, &[2, 3], &f32_bytes(&x)),
            ("half", Dtype::F16, &[6], &bytes(&halves, f16::to_le_bytes)),
            (
                "brain",
                Dtype::BF16,
                &[3, 1, 2],
                &bytes(&brains, bf16::to_le_bytes),
            ),
            ("a:b", Dtype::F32, &[], &f32_bytes(&x[..1])),
            ("none", Dtype::F32, &[0, 4], &[]),
            ("steps", Dtype::I64, &[1], &[0; 8]),
        ]),
    );
    folder.write(
        "one.safetensors",
        file(&[("only", Dtype::F32, &[6], &f32_bytes(&x))]),
    );
    folder.save("x.npy", &[2, 3], Order::C, &x);
    folder.write("y.npy", "the earlier output");
    folder
}

fn relu_bytes(x: &[f32]) -> Vec<u8> {
    f32_bytes(&x.iter().map(|x| x.max(0.0)).collect::<Vec<_>>())
}

#[test]
fn tensors_of_every_dtype_go_through() {
    let folder = folder();
    let x = numbers(6, 1);
    let apply = |input: &str, output: &str| {
        folder.succeeds(&["apply", "relu", input, output]);
    };
    apply("x.safetensors:layer.weight", "y.safetensors:y");
    let expected = (Dtype::F32, vec![2, 3], relu_bytes(&x));
    assert_eq!(load(&folder, "y.safetensors", "y"), expected);
    // Under the same name where none is given, in place of the file before.
    apply("x.safetensors:brain", "y.safetensors:y");
    apply("x.safetensors:half", "half.safetensors");
    let brains = x.iter().map(|&x| bf16::from_f32(x.max(0.0)));
    let brains = bytes(&brains.collect::<Vec<_>>(), bf16::to_le_bytes);
    assert_eq!(
        load(&folder, "y.safetensors", "y"),
        (Dtype::BF16, vec![3, 1, 2], brains)
    );
    let halves = x.iter().map(|&x| f16::from_f32(x.max(0.0)));
    let halves = bytes(&halves.collect::<Vec<_>>(), f16::to_le_bytes);
    assert_eq!(
        load(&folder, "half.safetensors", "half"),
        (Dtype::F16, vec![6], halves)
    );
    apply("x.safetensors:a:b", "y.safetensors:y");
    assert_eq!(
        load(&folder, "y.safetensors", "y"),
        (Dtype::F32, vec![], relu_bytes(&x[..1]))
    );
    apply("x.safetensors:none", "y.safetensors:y");
    assert_eq!(
        load(&folder, "y.safetensors", "y"),
        (Dtype::F32, vec![0, 4], vec![])
    );
    // The only tensor needs no name.
    apply("one.safetensors", "y.npy");
    assert_eq!(f32_bytes(&folder.load::<f32>("y.npy").2), relu_bytes(&x));
}

#[test]
fn headers_are_aligned_as_the_crate_aligns_them() {
    let folder = folder();
    let x = numbers(6, 1);
    let names = ["y", "yy", "a \"quoted\" name", "ü", "yyyyyyy"];
    for (n, name) in names.into_iter().enumerate() {
        let path = format!("y{n}.safetensors");
        folder.succeeds(&["apply", "relu", "x.npy", &format!("{path}:{name}")]);
        let expected = file(&[(name, Dtype::F32, &[2, 3], &relu_bytes(&x))]);
        assert_eq!(folder.read(&path), expected, "{name}");
    }
}

#[test]
fn formats_and_orders_mix() {
    let folder = folder();
    let (x, g) = (numbers(6, 1), numbers(6, 2));
    // A gradient in Fortran order, against an input in C order.
    let turned = [g[0], g[3], g[1], g[4], g[2], g[5]];
    folder.save("g.npy", &[2, 3], Order::Fortran, &turned);
    let gradient = |g: &[f32]| {
        let slope = |x: &f32| if *x > 0.0 { 1.0 } else { 0.0 };
        f32_bytes(
            &x.iter()
                .zip(g)
                .map(|(x, g)| slope(x) * g)
                .collect::<Vec<_>>(),
        )
    };
    let backward = ["apply", "relu", "x.safetensors:layer.weight"];
    let backward = [&backward[..], &["d.safetensors:d", "--backward", "g.npy"]].concat();
    folder.succeeds(&backward);
    assert_eq!(load(&folder, "d.safetensors", "d").2, gradient(&g));

    folder.write(
        "g.safetensors",
        file(&[("g", Dtype::F32, &[2, 3], &f32_bytes(&g))]),
    );
    let backward = ["--backward", "g.safetensors:g"];
    folder.succeeds(&[&["apply", "relu", "x.npy", "d.npy"], &backward[..]].concat());
    assert_eq!(f32_bytes(&folder.load::<f32>("d.npy").2), gradient(&g));

    // A file in Fortran order becomes one in C order, and rows stay rows.
    folder.save("f.npy", &[2, 3], Order::Fortran, &turned);
    folder.succeeds(&[
        "apply",
        "softmax",
        "f.npy",
        "s.safetensors:s",
        "--axis",
        "0",
    ]);
    let (_, shape, s) = load(&folder, "s.safetensors", "s");
    assert_eq!(shape, [2, 3]);
    let s: Vec<f32> = s
        .chunks(4)
        .map(|b| f32::from_le_bytes([b[0], b[1], b[2], b[3]]))
        .collect();
    for column in 0..3 {
        let (a, b) = (f64::from(g[column]), f64::from(g[column + 3]));
        let expected = 1.0 / (1.0 + (b - a).exp());
        assert!((f64::from(s[column]) - expected).abs() < 1e-6);
        assert!((f64::from(s[column + 3]) - (1.0 - expected)).abs() < 1e-6);
    }
    let dtype = ["--dtype", "bf16"];
    folder.succeeds(&[&["apply", "relu", "x.npy", "b.safetensors:b"], &dtype[..]].concat());
    assert_eq!(load(&folder, "b.safetensors", "b").0, Dtype::BF16);
}

#[test]
fn a_tensor_may_replace_itself_but_no_other() {
    let folder = folder();
    let x = numbers(6, 1);
    folder.succeeds(&["apply", "relu", "one.safetensors", "one.safetensors"]);
    assert_eq!(load(&folder, "one.safetensors", "only").2, relu_bytes(&x));
    let words = ["one.safetensors", "lose", "\"only\"", "another file"];
    folder.fails(
        &["apply", "relu", "x.npy", "one.safetensors:other"],
        1,
        &words,
    );
    let apply = ["apply", "relu", "x.safetensors:half", "x.safetensors:half"];
    folder.fails(&apply, 1, &["\"brain\"", "\"steps\""]);
    // What is no safetensors file is replaced as any other is.
    folder.write("y.safetensors", "text");
    folder.succeeds(&["apply", "relu", "x.npy", "y.safetensors:y"]);
    assert_eq!(load(&folder, "y.safetensors", "y").2, relu_bytes(&x));
}

#[test]
fn more_than_one_chunk_streams() {
    let folder = Folder::new();
    let x = numbers((5 << 20) + 3, 3);
    folder.write(
        "x.safetensors",
        file(&[("x", Dtype::F32, &[x.len()], &f32_bytes(&x))]),
    );
    folder.succeeds(&["apply", "relu", "x.safetensors:x", "y.safetensors:y"]);
    assert!(load(&folder, "y.safetensors", "y") == (Dtype::F32, vec![x.len()], relu_bytes(&x)));
}

#[test]
fn names_that_lead_nowhere() {
    let folder = folder();
    let fails = |input: &str, code, words: &[&str]| {
        folder.fails(&["apply", "relu", input, "y.npy"], code, words);
    };
    let there = ["\"layer.weight\"", "\"brain\"", "\"a:b\""];
    fails(
        "x.safetensors:weight",
        1,
        &[&["no tensor \"weight\""], &there[..]].concat(),
    );
    fails("x.safetensors:", 1, &there);
    fails(
        "x.safetensors",
        1,
        &[&["FILE.safetensors:NAME"], &there[..]].concat(),
    );
    fails(
        "x.safetensors:steps",
        1,
        &["\"steps\"", "I64", "F32, F16 and BF16"],
    );
    fails("z.safetensors:x", 1, &["z.safetensors:x", "no such file"]);
    fails(
        "x.safetensors:brain",
        2,
        &["bf16", "--dtype f32 or f16", "safetensors"],
    );
    folder.write("empty.safetensors", "");
    fails("empty.safetensors:x", 1, &["empty", "safetensors"]);
    folder.write("no.safetensors", file(&[]));
    fails("no.safetensors:x", 1, &["no tensor \"x\"", "it has none"]);
    fails("no.safetensors", 1, &["no tensor"]);
    let many: Vec<String> = (0..500).map(|n| format!("t{n:03}")).collect();
    let tensors: Vec<_> = many
        .iter()
        .map(|name| (name.as_str(), Dtype::F32, &[][..], &[0; 4][..]))
        .collect();
    folder.write("many.safetensors", file(&tensors));
    fails("many.safetensors:x", 1, &["\"t000\"", "and 476 more"]);
    // The output needs a name that is one.
    for output in [
        "q.safetensors",
        "q.safetensors:",
        "q.safetensors:__metadata__",
    ] {
        folder.fails(
            &["apply", "relu", "x.npy", output],
            2,
            &[output, "y.safetensors:NAME"],
        );
    }
}
