//! Files that are no longer what they were.

use std::time::{Duration, Instant};

use safetensors::Dtype;

use super::{f32_bytes, file, folder};
use crate::common::numbers;

/// A file with a header of one's own.
fn with_header(header: &str, data: usize) -> Vec<u8> {
    let mut bytes = (header.len() as u64).to_le_bytes().to_vec();
    bytes.extend(header.bytes());
    bytes.resize(bytes.len() + data, 0);
    bytes
}

/// Headers of tensors of one F32 each, by name and offsets.
fn offsets(tensors: &[(&str, u64, u64)]) -> String {
    let tensor = |(name, start, end): &(&str, u64, u64)| {
        format!("\"{name}\":{{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[{start},{end}]}}")
    };
    let tensors: Vec<_> = tensors.iter().map(tensor).collect();
    format!("{{{}}}", tensors.join(","))
}

#[test]
fn damaged_files_are_refused_at_once() {
    let folder = folder();
    let whole = file(&[("x", Dtype::F32, &[6], &f32_bytes(&numbers(6, 1)))]);
    let length = |length: u64| [&length.to_le_bytes()[..], &whole[8..]].concat();
    let dtype = r#"{"x":{"dtype":"F33","shape":[1],"data_offsets":[0,4]}}"#;
    let huge = r#"{"x":{"dtype":"F32","shape":[4294967296,4294967296,4],"data_offsets":[0,4]}}"#;
    let negative = r#"{"x":{"dtype":"F32","shape":[-1],"data_offsets":[0,4]}}"#;
    let deep = format!("{{\"x\":{}", "[".repeat(100_000));
    let mut cases = vec![
        (length(u64::MAX), &["18446744073709551615 bytes"][..]),
        (length(1 << 40), &["1099511627776 bytes"]),
        (length(50_000_000), &["ends within its header"]),
        (length(0), &["header"]),
        (length(3), &["header"]),
        (
            b"PK\x03\x04 a zip file of some length".to_vec(),
            &["safetensors"],
        ),
        (with_header("{\"x\":", 4), &["header"]),
        (with_header("[]", 4), &["header"]),
        (with_header(&deep, 4), &["header"]),
        (with_header(dtype, 4), &["F33"]),
        (with_header(huge, 4), &["overflow"]),
        (with_header(negative, 4), &["header"]),
        (with_header(&offsets(&[("x", 0, 8)]), 8), &["header"]),
        (with_header(&offsets(&[("x", 4, 0)]), 4), &["\"x\""]),
        (
            with_header(&offsets(&[("x", 0, 4), ("z", 2, 6)]), 6),
            &["\"z\"", "overlap"],
        ),
        (
            with_header(&offsets(&[("x", 0, 4), ("z", 0, 4)]), 4),
            &["overlap"],
        ),
        (
            with_header(&offsets(&[("x", 0, 4), ("z", 8, 12)]), 12),
            &["\"z\"", "overlap"],
        ),
        (
            with_header(&offsets(&[("x", 0, 4), ("z", 4, 8)]), 4),
            &["announces 8 bytes", "holds 4"],
        ),
        (
            with_header(&offsets(&[("x", 0, 4)]), 5),
            &["announces 4 bytes", "holds 5"],
        ),
        ([&8_u64.to_le_bytes()[..], &[0xff; 8]].concat(), &["UTF-8"]),
    ];
    for cut in [1, 7, 8, 20, whole.len() - 1] {
        cases.push((whole[..cut].to_vec(), &["bad.safetensors"]));
    }
    for (bytes, words) in cases {
        folder.write("bad.safetensors", bytes);
        let start = Instant::now();
        let words = [&["cannot read bad.safetensors:x: "], words].concat();
        folder.fails(&["apply", "relu", "bad.safetensors:x", "y.npy"], 1, &words);
        assert!(start.elapsed() < Duration::from_secs(2), "{words:?}");
    }
}
