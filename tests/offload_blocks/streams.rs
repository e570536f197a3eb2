//! Tensors that come or go as streams: in blocks where those follow one another, else not.

use std::io::{Read as _, Seek as _, Write as _};

use half::f16;
use wgpu_activations::{
    CrossEntropy, Dtype, Gate, GatedActivation, Halves, Input, Job, Output, Reduction,
    RowActivation, Rows,
};

use super::common::gpu;
use super::{assert_same, numbers, small};

#[test]
fn losses_go_to_a_writer_and_gradients_come_from_a_reader() {
    let rows = Rows::along(&[2, 5, 6007], 1).expect("a shape");
    let logits = numbers(rows.elements() as usize, 1);
    let classes: Vec<u32> = (0..rows.count()).map(|row| (row % 5) as u32).collect();
    let loss = CrossEntropy::default().with_reduction(Reduction::None);
    let mut bytes = Vec::new();
    let (input, output) = (
        Input::slice(&logits),
        Output::writer(Dtype::F32, &mut bytes),
    );
    small()
        .run(Job::forward_cross_entropy(
            &loss,
            &rows,
            input,
            classes.as_slice().into(),
            output,
        ))
        .expect("forward");
    let losses = gpu().forward_cross_entropy(&loss, &rows, &logits, classes.as_slice());
    let losses = losses.expect("forward");
    assert_same(&bytes, bytemuck::cast_slice(&losses), "losses");

    let mut gradients: &[u8] = bytemuck::cast_slice(&losses);
    let mut grads = vec![0.0_f32; logits.len()];
    let (input, output) = (Input::slice(&logits), Output::slice(&mut grads));
    let gradient = Input::reader(Dtype::F32, &mut gradients);
    let classes = classes.as_slice();
    small()
        .run(Job::backward_cross_entropy(
            &loss,
            &rows,
            input,
            classes.into(),
            gradient,
            output,
        ))
        .expect("backward");
    let expected = gpu().backward_cross_entropy(&loss, &rows, &logits, classes, &losses);
    assert_same(&grads, &expected.expect("backward"), "gradients");
}

#[test]
fn products_of_halves_go_to_a_writer() {
    let glu = GatedActivation::glu();
    let halves = Halves::along(&[2, 40_006], -1, Gate::Second).expect("an even axis");
    let x = numbers(80_012, 1);
    let mut bytes = Vec::new();
    let output = Output::writer(Dtype::F32, &mut bytes);
    small()
        .run(Job::forward_gated(&glu, &halves, Input::slice(&x), output))
        .expect("forward");
    let expected = gpu().forward_gated(&glu, &halves, &x).expect("forward");
    assert_same(&bytes, bytemuck::cast_slice(&expected), "products");
}

/// A header stands before the result, and the stream is at its end afterwards.
#[test]
fn results_go_to_a_file() {
    let log_softmax = RowActivation::log_softmax();
    let rows = Rows::along(&[3, 4, 10_001], 1).expect("a shape");
    let x = numbers(120_012, 1);
    let mut y = vec![f16::ZERO; x.len()];
    gpu()
        .forward_rows_into(&log_softmax, &rows, &x, &mut y)
        .expect("forward");
    let expected = [b"header", bytemuck::cast_slice(&y), b"more"].concat();

    let mut file = tempfile::tempfile().expect("a file");
    file.write_all(b"header").expect("written");
    let output = Output::seekable(Dtype::F16, &mut file);
    small()
        .run(Job::forward_rows(
            &log_softmax,
            &rows,
            Input::slice(&x),
            output,
        ))
        .expect("forward");
    file.write_all(b"more").expect("written");
    let mut bytes = Vec::new();
    file.rewind().expect("the start");
    file.read_to_end(&mut bytes).expect("read");
    assert_same(&bytes, &expected, "a file");
}

/// What lies in the middle of a stream cannot be reached from outside.
#[test]
fn slabs_in_streams_are_refused_with_the_remedy() {
    let softmax = RowActivation::softmax();
    let rows = Rows::along(&[4, 40_003], 0).expect("a shape");
    let x = vec![0.5_f32; 160_012];
    let (mut bytes, mut y) = (bytemuck::cast_slice(&x), vec![0.0_f32; x.len()]);
    let job = Job::forward_rows(
        &softmax,
        &rows,
        Input::reader(Dtype::F32, &mut bytes),
        Output::slice(&mut y),
    );
    assert_eq!(
        small().run(job).expect_err("too large").to_string(),
        "160012 elements have to be computed together, 640048 bytes as f32, but a buffer of the device holds \
         65536; give slices, or a file to seek in, rather than streams, move the rows' axis \
         to the end, store 16 bits, or choose another adapter"
    );
    let mut sink = Vec::new();
    let output = Output::writer(Dtype::F32, &mut sink);
    let job = Job::forward_rows(&softmax, &rows, Input::slice(&x), output);
    let error = small().run(job).expect_err("too large").to_string();
    assert!(error.contains("give slices"), "{error}");
    // The device is still of use.
    let job = Job::forward_rows(&softmax, &rows, Input::slice(&x), Output::slice(&mut y));
    small().run(job).expect("in blocks");
    assert!(y.iter().all(|&y| y == 0.25));
}
