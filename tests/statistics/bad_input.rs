use wgpu_activations::{Activation, Dtype, Input, KernelError, Rows, StatisticsJob, TensorView};

use super::common::subject::Subject;
use super::common::{gpu, gpu_with_limits, upload};

fn view(gpu: &Subject, len: usize) -> TensorView {
    TensorView::f32(&upload(&gpu.device, &vec![0.0; len])).expect("storage")
}

fn refused(gpu: &Subject, threshold: f32, channels: &Rows, tensors: [&TensorView; 2]) -> String {
    let [input, records] = tensors;
    let prepared = gpu
        .kernels
        .statistics(&Activation::gelu(), threshold, channels, input, records);
    prepared.map(|_| ()).expect_err("refused").to_string()
}

#[test]
fn tensors_that_do_not_fit() {
    let gpu = Subject::shared();
    let channels = Rows::along(&[5, 2], 1).expect("an axis");
    let [nine, ten, records, large] = [9, 10, 72, 200].map(|len| view(gpu, len));
    let text = refused(gpu, 1e-3, &channels, [&nine, &records]);
    assert!(text.contains("input has 9 elements"), "{text}");
    let text = refused(gpu, 1e-3, &channels, [&ten, &large]);
    assert_eq!(
        text,
        "records has 200 elements, but must have 72; give a view of that length"
    );
    let halves = TensorView::new(large.buffer(), Dtype::F16, 0, 72).expect("inside");
    let text = refused(gpu, 1e-3, &channels, [&ten, &halves]);
    assert!(text.contains("records is a tensor of f16"), "{text}");
    let [inside, overlapped] = [0..72, 70..80].map(|range| large.slice(range).expect("inside"));
    let text = refused(gpu, 1e-3, &channels, [&overlapped, &inside]);
    assert!(text.contains("overlap"), "{text}");
}

#[test]
fn thresholds_that_tell_nothing_apart() {
    let (offload, gpu) = (gpu(), Subject::shared());
    let channels = Rows::along(&[5, 1], 1).expect("an axis");
    let [input, records] = [5, 36].map(|len| view(gpu, len));
    for threshold in [0.0, -1.0, f32::NAN, f32::INFINITY, 1e-40] {
        let text = refused(gpu, threshold, &channels, [&input, &records]);
        assert!(
            text.contains("threshold") && text.contains("1.17"),
            "{text}"
        );
        let none = Rows::along(&[0, 1], 1).expect("an axis");
        let relu = Activation::relu();
        let job = StatisticsJob::new(&relu, &none, Input::slice::<f32>(&[])).threshold(threshold);
        offload.run_statistics(job).expect_err("refused");
    }
}

#[test]
fn more_channels_than_a_binding_has_room_for() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffer_binding_size = 1 << 14;
    }));
    let channels = Rows::along(&[1, 200], 1).expect("an axis");
    let [input, records] = [200, 200 * 36].map(|len| view(&gpu, len));
    let text = refused(&gpu, 1e-3, &channels, [&input, &records]);
    assert!(text.contains("200 channels"), "{text}");
}

#[test]
fn wgsl_that_does_not_compile() {
    let gpu = Subject::shared();
    let custom = wgpu_activations::CustomActivation::new("wrong", "fn forward(x: f32) -> f32 {")
        .expect("a name");
    let [input, records] = [5, 36].map(|len| view(gpu, len));
    let channels = Rows::along(&[5, 1], 1).expect("an axis");
    let activation = Activation::custom(custom);
    let error = gpu
        .kernels
        .statistics(&activation, 1e-3, &channels, &input, &records);
    assert!(matches!(error, Err(KernelError::Compile { .. })));
}
