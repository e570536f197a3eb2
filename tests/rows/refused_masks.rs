//! What a caller can get wrong with masks.

use wgpu_activations::{BoolView, Dtype, KernelError, Mask, RowActivation, TensorView};

use super::common::subject::Subject;
use super::common::{ramp, run, upload};

fn message(result: Result<impl Sized, impl std::fmt::Display>) -> String {
    match result {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn masks_that_do_not_go_with_their_tensor() {
    let gpu = Subject::shared();
    let buffer = upload(&gpu.device, &ramp(1000));
    let view = |len| TensorView::new(&buffer, Dtype::F32, 0, len).expect("inside");
    let bools = |len| BoolView::new(&buffer, 1, len).expect("inside");
    let shape = [2, 3, 4, 5];
    for mask in [
        &[4, 4][..],
        &[2, 1, 1, 4],
        &[1, 2, 3, 4, 5],
        &[2, 3, 4, 0],
        &[1, 1, 1, 1, 1],
    ] {
        let count = mask.iter().product();
        let text = message(Mask::additive(&shape, -1, mask, &view(count)));
        assert!(
            text.contains(&format!("{mask:?}")) && text.contains("[2, 3, 4, 5]"),
            "{text}"
        );
        assert!(text.contains("length 1 or the tensor's"), "{text}");
        assert_eq!(
            message(Mask::boolean(&shape, -1, mask, &bools(count))),
            text
        );
    }
    let text = message(Mask::additive(&shape, -1, &[4, 5], &view(21)));
    assert_eq!(
        text,
        "a mask of shape [4, 5] has 20 elements, but 21 are given"
    );
    let text = message(Mask::boolean(&shape, -1, &[4, 5], &bools(19)));
    assert!(text.contains("20 elements, but 19 are given"), "{text}");
    let text = message(Mask::boolean(&shape, 4, &[5], &bools(5)));
    assert!(text.contains("-4..=3"), "{text}");
    let text = message(Mask::causal(&[3, 4], 0));
    assert!(
        text.contains("[3, 4]") && text.contains("one of length 1"),
        "{text}"
    );
    let text = message(Mask::additive(&[1 << 32, 2], 1, &[2], &view(2)));
    assert!(
        text.contains("4294967296") && text.contains("2147483648"),
        "{text}"
    );
    // Five axes that the mask has, each before one that it has not.
    let shape = [2; 11];
    let mut mask = [2, 1, 2, 1, 2, 1, 2, 1, 2, 1, 2];
    let text = message(Mask::additive(&shape, -1, &mask, &view(64)));
    assert!(
        text.contains("5 separate axes") && text.contains("room for 4"),
        "{text}"
    );
    mask[0] = 1;
    Mask::additive(&shape, -1, &mask, &view(32)).expect("four axes");
    // Neighbours are one axis.
    Mask::additive(&[2; 9], -1, &[2; 9], &view(512)).expect("one axis");
}

#[test]
fn views_of_truth_values_past_the_end() {
    let gpu = Subject::shared();
    let buffer = upload(&gpu.device, &ramp(4));
    for (byte_offset, len) in [(0, 17), (13, 4), (u64::MAX, 2), (2, u64::MAX)] {
        let text = message(BoolView::new(&buffer, byte_offset, len));
        assert!(
            text.contains("past the 16") && text.contains(&len.to_string()),
            "{text}"
        );
    }
    let view = BoolView::new(&buffer, 13, 3).expect("inside");
    assert_eq!((view.len(), view.byte_range()), (3, 13..16));
    assert!(BoolView::new(&buffer, 16, 0).expect("empty").is_empty());
    let vertices = gpu.device.create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 16,
        usage: wgpu::BufferUsages::VERTEX,
        mapped_at_creation: false,
    });
    let text = message(BoolView::new(&vertices, 0, 4));
    assert!(
        text.contains("VERTEX") && text.contains("STORAGE"),
        "{text}"
    );
}

#[test]
fn a_mask_that_would_be_overwritten() {
    let gpu = Subject::shared();
    let softmax = RowActivation::softmax();
    let buffer = upload(&gpu.device, &ramp(100));
    let all = TensorView::f32(&buffer).expect("storage");
    let part = |range| all.slice(range).expect("inside");
    let mask = Mask::additive(&[2, 20], 1, &[20], &part(30..50)).expect("a mask");
    let prepare = |input, output| {
        let (input, output) = (part(input), part(output));
        gpu.kernels
            .forward_rows_masked(&softmax, &mask, &input, &output)
    };
    let text = message(prepare(50..90, 0..40));
    assert!(
        text.contains("output (bytes 0..160) and mask (bytes 120..200)"),
        "{text}"
    );
    let text = message(
        gpu.kernels
            .forward_rows_masked_in_place(&softmax, &mask, &part(49..89)),
    );
    assert!(text.contains("tensor") && text.contains("mask"), "{text}");
    // What is only read may overlap.
    prepare(20..60, 60..100).expect("input and mask");
    let causal = Mask::causal(&[2, 20], 1).expect("a mask");
    let text = message(
        gpu.kernels
            .forward_rows_masked_in_place(&softmax, &causal, &part(0..41)),
    );
    assert!(matches!(
        gpu.kernels
            .forward_rows_masked_in_place(&softmax, &causal, &part(0..41)),
        Err(KernelError::Shape { len: 41, .. })
    ));
    assert!(text.contains("41 elements"), "{text}");
}

/// Bytes of the mask share words with the tensor that is written.
#[test]
fn a_mask_between_its_tensors() {
    let gpu = Subject::shared();
    // 3 f16 of 2.0, 3 bytes of mask, 1 that is nobody's, 3 f16.
    let mut bytes = [0x00, 0x40].repeat(3);
    bytes.extend([1, 0, 9, 77]);
    bytes.extend([0x00, 0x40].repeat(3));
    let words: Vec<f32> = bytemuck::pod_collect_to_vec(&bytes);
    let buffer = upload(&gpu.device, &words);
    let view = |at| TensorView::new(&buffer, Dtype::F16, at, 3).expect("inside");
    let keep = BoolView::new(&buffer, 6, 3).expect("inside");
    let mask = Mask::boolean(&[3], 0, &[3], &keep).expect("a mask");
    let softmax = RowActivation::softmax();
    let prepared = gpu
        .kernels
        .forward_rows_masked(&softmax, &mask, &view(10), &view(0));
    run(&gpu.device, &gpu.queue, |encoder| {
        prepared.expect("prepared").encode(encoder)
    });
    let results = super::common::download(&gpu.device, &gpu.queue, &buffer);
    // 0.5, 0, 0.5; the rest as it was.
    let mut expected = vec![0x00, 0x38, 0, 0, 0x00, 0x38];
    expected.extend(&bytes[6..]);
    assert_eq!(bytemuck::cast_slice::<f32, u8>(&results), expected);
}

#[test]
fn nothing_to_mask() {
    let gpu = Subject::shared();
    let buffer = upload(&gpu.device, &ramp(4));
    let empty = TensorView::new(&buffer, Dtype::F32, 0, 0).expect("empty");
    for (shape, mask) in [
        (&[0, 4][..], &[0, 4][..]),
        (&[0, 4], &[1, 1]),
        (&[3, 0], &[1]),
        (&[1 << 40, 1 << 40, 0], &[1 << 40, 1 << 40, 0]),
    ] {
        let len = mask.iter().fold(1_u64, |all, len| all.saturating_mul(*len));
        let view = TensorView::new(
            &buffer,
            Dtype::F32,
            0,
            if mask.contains(&0) { 0 } else { len },
        );
        let mask = Mask::additive(shape, -1, mask, &view.expect("inside")).expect("a mask");
        let softmax = RowActivation::softmax();
        let prepared = gpu
            .kernels
            .forward_rows_masked_in_place(&softmax, &mask, &empty);
        run(&gpu.device, &gpu.queue, |encoder| {
            prepared.expect("nothing").encode(encoder)
        });
    }
    let text = message(Mask::additive(
        &[1 << 40, 1 << 40, 0],
        -1,
        &[1 << 40, 1 << 40, 1],
        &empty,
    ));
    assert!(text.contains("2^64"), "{text}");
    assert_eq!(
        Mask::causal(&[0, 4], -1).expect("a mask").rows().elements(),
        0
    );
}
