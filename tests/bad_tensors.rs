//! What a caller can get wrong with tensors, devices and shaders: an error that says so, no panic.

mod common;

use common::{adapter, gpu, gpu_with_limits, ramp, upload};
use wgpu_activations::{
    Activation, CustomActivation, Dtype, Input, Job, KernelError, Kernels, Output, Parameter,
    TensorError, TensorView,
};

fn message(result: Result<impl Sized, impl std::fmt::Display>) -> String {
    match result {
        Ok(_) => panic!("this must be refused"),
        Err(error) => error.to_string(),
    }
}

#[test]
fn a_buffer_without_storage_usage() {
    let gpu = gpu();
    let buffer = gpu.device().create_buffer(&wgpu::BufferDescriptor {
        label: None,
        size: 64,
        usage: wgpu::BufferUsages::VERTEX,
        mapped_at_creation: false,
    });
    let text = message(TensorView::f32(&buffer));
    assert!(
        text.contains("VERTEX") && text.contains("STORAGE"),
        "{text}"
    );
}

#[test]
fn a_view_past_the_end_or_inside_an_element() {
    let gpu = gpu();
    let buffer = upload(gpu.device(), &ramp(16));
    for (byte_offset, len) in [(0, 17), (64, 1), (60, 2), (4, u64::MAX), (u64::MAX - 3, 2)] {
        let text = message(TensorView::new(&buffer, Dtype::F32, byte_offset, len));
        assert!(
            text.contains("64 bytes") && text.contains(&len.to_string()),
            "{text}"
        );
    }
    let text = message(TensorView::new(&buffer, Dtype::F32, 6, 1));
    assert!(
        text.contains("byte offset 6") && text.contains('4'),
        "{text}"
    );
    let view = TensorView::f32(&buffer).expect("a storage buffer");
    #[expect(
        clippy::reversed_empty_ranges,
        reason = "that is the mistake under test"
    )]
    for range in [0..17, 17..17, 5..4] {
        assert!(matches!(
            view.slice(range),
            Err(TensorError::Slice { len: 16, .. })
        ));
    }
    assert_eq!(view.slice(16..16).expect("empty").len(), 0);
    assert_eq!(
        view.slice(4..9)
            .and_then(|v| v.slice(1..3))
            .expect("inside")
            .byte_range(),
        20..28
    );
}

#[test]
fn overlapping_input_and_output() {
    let gpu = gpu();
    let buffer = upload(gpu.device(), &ramp(100));
    let view = TensorView::f32(&buffer).expect("a storage buffer");
    let part = |range| view.slice(range).expect("inside");
    let relu = Activation::relu();
    let text = message(gpu.kernels().forward(&relu, &part(0..50), &part(49..99)));
    assert!(text.contains("input") && text.contains("output"), "{text}");
    assert!(
        text.contains("0..200") && text.contains("196..396"),
        "{text}"
    );
    assert!(text.contains("in-place"), "{text}");
    gpu.kernels()
        .forward(&relu, &part(0..50), &part(50..100))
        .expect("neighbours do not overlap");
    let grad = upload(gpu.device(), &ramp(50));
    let grad = TensorView::f32(&grad).expect("a storage buffer");
    let text = message(
        gpu.kernels()
            .backward(&relu, &grad, &part(0..50), &part(10..60)),
    );
    assert!(
        text.contains("grad_output") && text.contains("grad_input"),
        "{text}"
    );
}

#[test]
fn lengths_that_differ() {
    let gpu = gpu();
    let view = |len| TensorView::f32(&upload(gpu.device(), &ramp(len))).expect("a storage buffer");
    let text = message(
        gpu.kernels()
            .forward(&Activation::relu(), &view(5), &view(6)),
    );
    assert_eq!(
        text,
        "input has 5 elements, output has 6; give views of equal length"
    );
    let text = message(
        gpu.kernels()
            .backward(&Activation::relu(), &view(5), &view(5), &view(4)),
    );
    assert!(text.contains("grad_input has 4"), "{text}");
}

#[test]
fn a_view_of_16_bit_elements_that_its_buffer_cannot_serve() {
    let gpu = gpu();
    let buffer = |size| {
        gpu.device().create_buffer(&wgpu::BufferDescriptor {
            label: None,
            size,
            usage: wgpu::BufferUsages::STORAGE,
            mapped_at_creation: false,
        })
    };
    for dtype in [Dtype::F16, Dtype::Bf16] {
        let text = message(TensorView::new(&buffer(64), dtype, 5, 1));
        assert!(
            text.contains("byte offset 5") && text.contains(&format!("2, the size of one {dtype}")),
            "{text}"
        );
        // The third element is in the second word, of which there is only one half.
        let odd = buffer(6);
        TensorView::new(&odd, dtype, 0, 2).expect("a whole word");
        let text = message(TensorView::new(&odd, dtype, 0, 3));
        assert!(
            text.contains("ends at byte 6") && text.contains("multiple of 4"),
            "{text}"
        );
        let text = message(TensorView::new(&odd, dtype, 2, 3));
        assert!(text.contains("reach past the buffer's 6 bytes"), "{text}");
    }
}

#[test]
fn a_dtype_of_an_unknown_name() {
    for name in ["f64", "F32", "float16", ""] {
        let text = message(name.parse::<Dtype>());
        assert!(
            text.contains(&format!("{name:?}")) && text.contains("f32, f16 or bf16"),
            "{text}"
        );
    }
    for dtype in Dtype::ALL {
        assert_eq!(dtype.name().parse(), Ok(dtype));
    }
}

#[test]
fn bytes_that_make_no_whole_elements() {
    let gpu = gpu();
    let (bytes, mut output) = ([0; 9], [0.0_f32; 2]);
    for (dtype, bytes) in [(Dtype::F32, &bytes[..]), (Dtype::F16, &bytes[..5])] {
        let input = Input::bytes(dtype, bytes);
        let activation = Activation::relu();
        let job = Job::forward(&activation, input, Output::slice(&mut output), 2);
        let text = message(gpu.run(job));
        assert!(
            text.contains(&format!("the input has {} bytes", bytes.len()))
                && text.contains(&dtype.to_string()),
            "{text}"
        );
    }
}

#[test]
fn the_wrong_number_of_tensors() {
    let gpu = gpu();
    let view = TensorView::f32(&upload(gpu.device(), &ramp(4))).expect("a storage buffer");
    let operation = wgpu_activations::Operation::Backward;
    let text = message(
        gpu.kernels()
            .prepare(&Activation::relu(), operation, &[&view]),
    );
    assert!(text.contains('3') && text.contains('1'), "{text}");
}

#[test]
fn a_device_without_the_limits_needed() {
    let (device, _queue) = gpu_with_limits(|limits| {
        limits.max_compute_invocations_per_workgroup = 128;
        limits.max_compute_workgroup_size_x = 128;
    });
    let view = |len| TensorView::f32(&upload(&device, &ramp(len))).expect("a storage buffer");
    let text = message(Kernels::new(&device).forward(&Activation::relu(), &view(8), &view(8)));
    assert!(
        text.contains("max_compute_invocations_per_workgroup is 128"),
        "{text}"
    );
    assert!(
        text.contains("256") && text.contains("downlevel_defaults"),
        "{text}"
    );
}

#[test]
fn buffers_of_another_device() {
    let adapter = adapter();
    let [(device, _queue), (other, _other_queue)] = [(), ()].map(|()| {
        pollster::block_on(adapter.request_device(&Default::default())).expect("a plain device")
    });
    let kernels = Kernels::new(&device);
    let foreign = TensorView::f32(&upload(&other, &ramp(8))).expect("a storage buffer");
    let refused = kernels.forward_in_place(&Activation::relu(), &foreign);
    assert!(
        matches!(refused, Err(KernelError::Refused { .. })),
        "{refused:?}"
    );
    assert!(!message(refused).contains('\n'));
}

/// That is what egui asks for on OpenGL.
#[test]
fn a_device_with_the_limits_of_webgl() {
    let (device, _queue) = gpu_with_limits(|limits| {
        *limits = wgpu::Limits::downlevel_webgl2_defaults();
    });
    let view = TensorView::f32(&upload(&device, &ramp(8))).expect("a storage buffer");
    let refused = Kernels::new(&device).forward_in_place(&Activation::relu(), &view);
    assert!(
        matches!(refused, Err(KernelError::Limit { .. })),
        "{refused:?}"
    );
}

#[test]
fn a_lost_device() {
    let (device, _queue) = gpu_with_limits(|_| {});
    let view = TensorView::f32(&upload(&device, &ramp(8))).expect("a storage buffer");
    let kernels = Kernels::new(&device);
    device.destroy();
    let refused = kernels.forward_in_place(&Activation::relu(), &view);
    assert!(
        matches!(refused, Err(KernelError::DeviceLost)),
        "{refused:?}"
    );
}

#[test]
fn wgsl_that_does_not_compile() {
    let gpu = gpu();
    let view = TensorView::f32(&upload(gpu.device(), &ramp(8))).expect("a storage buffer");
    for wgsl in [
        "fn forward(x: f32) -> f32 { return x }",
        "fn forward(x: f32) -> f32 { return x; }",
        "fn forward(x: f32) -> f32 { return no_such_function(x); }",
        "",
        "\0",
    ] {
        let custom = CustomActivation::new("broken", wgsl).expect("a good name");
        let refused = gpu
            .kernels()
            .forward_in_place(&Activation::custom(custom), &view);
        assert!(
            matches!(refused, Err(KernelError::Compile { .. })),
            "{wgsl:?}: {refused:?}"
        );
        assert!(message(refused).contains("broken"));
    }
}

#[test]
fn a_custom_activation_that_is_declared_wrongly() {
    for name in ["", "2x", "Big", "with space", "a-b", "naïve"] {
        let text = message(CustomActivation::new(name, ""));
        assert!(text.contains("snake_case"), "{text}");
    }
    let new = || CustomActivation::new("mine", "").expect("a good name");
    assert!(new().with_parameter(Parameter::new("a b", 1.0)).is_err());
    assert!(new().with_parameter(Parameter::new("a", f64::NAN)).is_err());
    let twice = new()
        .with_parameter(Parameter::new("a", 1.0))
        .and_then(|custom| custom.with_parameter(Parameter::new("a", 2.0)));
    assert!(message(twice).contains("twice"));
    let names = ["a", "b", "c", "d", "e", "f", "g", "h", "i"];
    let many = names.iter().try_fold(new(), |custom, name| {
        custom.with_parameter(Parameter::new(name, 1.0))
    });
    assert!(message(many).contains('8'));
}
