use wgpu_activations::{
    Activation, CustomActivation, Dtype, Gate, GatedActivation, Halves, KernelError, TensorView,
};

use super::common::subject::Subject;
use super::common::{gpu_with_limits, upload};

fn refused<T>(result: Result<T, KernelError>) -> String {
    match result {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error.to_string(),
    }
}

fn view(gpu: &Subject, len: usize) -> TensorView {
    TensorView::f32(&upload(&gpu.device, &vec![0.0; len])).expect("storage")
}

#[test]
fn lengths_that_differ() {
    let gpu = Subject::shared();
    let (kernels, swiglu) = (&gpu.kernels, GatedActivation::swiglu());
    let [six, seven, twelve] = [6, 7, 12].map(|len| view(gpu, len));
    let text = refused(kernels.forward_gated(&swiglu, &six, &seven, &six));
    assert_eq!(
        text,
        "a has 6 elements, b has 7; give views of equal length"
    );
    let text = refused(kernels.backward_gated(&swiglu, &six, &six, &six, &seven, &six));
    assert!(text.contains("grad_a has 7"), "{text}");

    let halves = Halves::along(&[3, 4], 1, Gate::First).expect("even");
    let text = refused(kernels.forward_gated_halves(&swiglu, &halves, &seven, &six));
    assert_eq!(
        text,
        "input has 7 elements, but 3 rows of 4 elements are 12; check the shape and the axis"
    );
    let text = refused(kernels.forward_gated_halves(&swiglu, &halves, &twelve, &twelve));
    assert_eq!(
        text,
        "each half has 6 elements, output has 12; give views of equal length"
    );
    let text = refused(kernels.backward_gated_halves(&swiglu, &halves, &twelve, &six, &six));
    assert!(text.contains("grad_input has 6"), "{text}");
    let text = refused(kernels.backward_gated_halves_in_place(&swiglu, &halves, &twelve, &seven));
    assert!(text.contains("grad_output has 7"), "{text}");
}

#[test]
fn views_that_overlap() {
    let gpu = Subject::shared();
    let (kernels, swiglu) = (&gpu.kernels, GatedActivation::swiglu());
    let whole = view(gpu, 30);
    let part = |start: u64| whole.slice(start..start + 6).expect("inside");
    let text = refused(kernels.forward_gated(&swiglu, &part(0), &part(6), &part(11)));
    assert!(
        text.contains("b (bytes 24..48) and output (bytes 44..68)"),
        "{text}"
    );
    let (a, b, grad) = (part(0), part(6), part(12));
    let text = refused(kernels.backward_gated(&swiglu, &a, &b, &grad, &part(18), &part(20)));
    assert!(text.contains("grad_a") && text.contains("grad_b"), "{text}");
    let text = refused(kernels.backward_gated_in_place(&swiglu, &a, &part(3), &grad));
    assert!(text.contains("a (") && text.contains("b ("), "{text}");
    let halves = Halves::along(&[12], 0, Gate::First).expect("even");
    let input = whole.slice(0..12).expect("inside");
    let text = refused(kernels.forward_gated_halves(&swiglu, &halves, &input, &part(6)));
    assert!(text.contains("input") && text.contains("output"), "{text}");
}

#[test]
fn too_few_storage_buffers() {
    let gpu = Subject::new(gpu_with_limits(|limits| {
        limits.max_storage_buffers_per_shader_stage = 3;
    }));
    let (kernels, swiglu) = (&gpu.kernels, GatedActivation::swiglu());
    let tensors = [(); 5].map(|()| view(&gpu, 6));
    let [a, b, grad, grad_a, grad_b] = &tensors;
    let text = refused(kernels.backward_gated(&swiglu, a, b, grad, grad_a, grad_b));
    assert!(
        text.contains("max_storage_buffers_per_shader_stage is 3"),
        "{text}"
    );
    // What needs no more.
    kernels.forward_gated(&swiglu, a, b, grad_a).expect("three");
    kernels
        .backward_gated_in_place(&swiglu, a, b, grad)
        .expect("three");
}

#[test]
fn nothing_at_all_is_nothing_to_do() {
    let gpu = Subject::shared();
    let empty = view(gpu, 4).slice(0..0).expect("empty");
    let swiglu = GatedActivation::swiglu();
    gpu.run(
        &gpu.kernels
            .forward_gated(&swiglu, &empty, &empty, &empty)
            .expect("prepared"),
    );
    let halves = Halves::along(&[0, 6], 1, Gate::First).expect("even");
    let prepared = gpu
        .kernels
        .backward_gated_halves(&swiglu, &halves, &empty, &empty, &empty);
    gpu.run(&prepared.expect("prepared"));
}

#[test]
fn wgsl_that_does_not_compile() {
    let gpu = Subject::shared();
    let broken = CustomActivation::new("broken", "fn forward(x: f32) -> f32 { return y; }");
    let gated = GatedActivation::new(Activation::custom(broken.expect("a name")));
    let a = view(gpu, 6);
    let text = refused(gpu.kernels.forward_gated(&gated, &a, &a, &view(gpu, 6)));
    assert!(text.contains("broken") && text.contains('y'), "{text}");
    let half = TensorView::new(a.buffer(), Dtype::F16, 0, 6).expect("inside");
    let text = refused(gpu.kernels.forward_gated_in_place(&gated, &half, &half));
    assert!(text.contains("overlap"), "{text}");
}
